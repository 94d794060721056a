// Configuration of OHIF 3.13: one DICOMweb server behind the viewer's own address.

/** Whether a structured report holds coordinates, which OHIF can draw on an image. */
function hasCoordinates(item) {
  const { ValueType, ContentSequence } = item
  if (ValueType === 'SCOORD' || ValueType === 'SCOORD3D') return true
  return [ContentSequence ?? []].flat().some(hasCoordinates)
}

/** Takes out the references to images, of which the text has only one line each: "IMAGE is not supported". */
function leaveOutImages(item) {
  if (item.ContentSequence === undefined) return
  const items = [item.ContentSequence].flat().filter(({ ValueType }) => ValueType !== 'IMAGE')
  for (const one of items) leaveOutImages(one)
  item.ContentSequence = items
}

/**
 * OHIF draws measurement reports on their images and fails on those that point at segments instead of coordinates
 * (OHIF issue 3390: "Something went wrong", or a black viewport). This shows such reports as text, which OHIF does
 * with other structured reports, and goes to the largest part of a segmentation once it is loaded.
 */
const hippovolumeExtension = {
  id: 'hippovolume-viewer',
  preRegistration({ servicesManager }) {
    const { displaySetService, segmentationService, viewportGridService } = servicesManager.services
    displaySetService.subscribe(displaySetService.EVENTS.DISPLAY_SETS_ADDED, (added) => {
      for (const displaySet of added.displaySetsAdded) {
        if (displaySet.isImagingMeasurementReport && !hasCoordinates(displaySet.instance)) {
          displaySet.isImagingMeasurementReport = false
          leaveOutImages(displaySet.instance)
        }
      }
    })
    if (!segmentationService) return
    const shown = new Set()
    const showSegmentation = ({ segmentationId }) => {
      if (shown.has(segmentationId)) return
      shown.add(segmentationId)
      // The viewer brings its first slice up by itself; that is left behind a moment later.
      setTimeout(() => {
        const segmentation = segmentationService.getSegmentation(segmentationId)
        const [first] = Object.keys(segmentation?.segments ?? {})
        if (first === undefined) return
        const viewportId = viewportGridService.getActiveViewportId()
        segmentationService.jumpToSegmentCenter(segmentationId, Number(first), viewportId)
      }, 1500)
    }
    const { EVENTS } = segmentationService
    const loaded = EVENTS.SEGMENTATION_LOADING_COMPLETE
    if (loaded) {
      segmentationService.subscribe(loaded, ({ segDisplaySet }) =>
        showSegmentation({ segmentationId: segDisplaySet?.displaySetInstanceUID }),
      )
    }
    segmentationService.subscribe(EVENTS.SEGMENTATION_ADDED, showSegmentation)
  },
}

window.config = {
  name: 'hippovolume',
  routerBasename: null,
  extensions: [hippovolumeExtension],
  modes: [],
  // No guided tour over the first study that somebody opens.
  // Nor a film player over the report page: OHIF plays modality OT by itself.
  customizationService: {
    'ohif.tours': { $set: [] },
    autoCineModalities: { $set: ['US'] },
  },
  showStudyList: true,
  maxNumberOfWebWorkers: 3,
  showWarningMessageForCrossOrigin: false,
  showCPUFallbackMessage: false,
  showLoadingIndicator: true,
  strictZSpacingForVolumeViewport: true,
  groupEnabledModesFirst: true,
  showErrorDetails: 'production',
  investigationalUseDialog: { option: 'never' },
  defaultDataSourceName: 'dicomweb',
  dataSources: [
    {
      namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
      sourceName: 'dicomweb',
      configuration: {
        friendlyName: 'Orthanc',
        name: 'orthanc',
        qidoRoot: '/dicom-web',
        wadoRoot: '/dicom-web',
        wadoUriRoot: '/dicom-web',
        // 'wadouri' times out with Orthanc.
        imageRendering: 'wadors',
        thumbnailRendering: 'wadors',
        enableStudyLazyLoad: true,
        supportsFuzzyMatching: false,
        supportsWildcard: true,
        qidoSupportsIncludeField: false,
        bulkDataURI: { enabled: true },
        omitQuotationForMultipartRequest: true,
      },
    },
  ],
}
