import type { SeriesFacts } from '../../src/selection/series-facts.ts'
import type { VerdictReason } from '../../src/selection/verdict-reason.ts'
import { makeFacts, mprageFacts } from './make-facts.ts'

export interface RealisticSeries {
  readonly what: string
  /** CHOSEN: a whole head to measure, when it is alone in its study. */
  readonly expected: VerdictReason
  readonly facts: SeriesFacts
}

type Parameters = {
  readonly tr?: number
  readonly te?: number
  readonly ti?: number
  readonly fa?: number
}
type Changes = Parameters & Partial<SeriesFacts> & { readonly images?: number }

/** A brain series of 3D type, in the vendors' words; everything can be said otherwise. */
function brain(description: string, changes: Changes): SeriesFacts {
  const { tr, te, ti, fa, ...rest } = changes
  return makeFacts({
    seriesDescription: description,
    bodyPartExamined: 'BRAIN',
    images: 176,
    ...rest,
    repetitionTime: tr ?? rest.repetitionTime,
    echoTime: te ?? rest.echoTime,
    inversionTime: ti ?? rest.inversionTime,
    flipAngle: fa ?? rest.flipAngle,
  })
}

const flat = { mrAcquisitionType: '2D', sliceThickness: 4, spacingBetweenSlices: 4.4, images: 30 }
const mprage = {
  manufacturer: 'SIEMENS',
  imageType: ['ORIGINAL', 'PRIMARY', 'M', 'ND', 'NORM'],
  ...mprageFacts,
  sequenceVariant: ['SK', 'SP', 'MP'],
  sequenceName: '*tfl3d1_16ns',
}
const bravo = {
  manufacturer: 'GE MEDICAL SYSTEMS',
  scanningSequence: ['GR'],
  sequenceVariant: ['SS', 'SP', 'SK'],
  scanOptions: ['FAST_GEMS', 'EDR_GEMS', 'FILTERED_GEMS'],
  tr: 8.2,
  te: 3.2,
  ti: 450,
  fa: 12,
  sliceThickness: 1,
  spacingBetweenSlices: 1,
}
const tfe = {
  manufacturer: 'Philips Medical Systems',
  imageType: ['ORIGINAL', 'PRIMARY', 'M_FFE', 'M', 'FFE'],
  scanningSequence: ['GR'],
  sequenceVariant: ['MP'],
  tr: 6.5,
  te: 2.9,
  fa: 8,
}
const space = {
  manufacturer: 'SIEMENS',
  imageType: ['ORIGINAL', 'PRIMARY', 'M', 'ND', 'NORM'],
  scanningSequence: ['SE'],
  sequenceVariant: ['SK', 'SP', 'OSP'],
  sequenceName: '*spc_284ns',
}
const epi = {
  ...flat,
  manufacturer: 'SIEMENS',
  scanningSequence: ['EP'],
  sequenceVariant: ['SK', 'SP'],
  sequenceName: '*ep_b1000t',
  tr: 5000,
  te: 85,
  fa: 90,
}
const mp2rage = { ...mprage, tr: 5000, te: 2.98, fa: 4 }
const knee = { scanningSequence: ['GR'], sequenceVariant: ['SP'], tr: undefined as never }
const swi = {
  manufacturer: 'SIEMENS',
  scanningSequence: ['GR'],
  sequenceVariant: ['SP'],
  sequenceName: '*swi3d1r',
  tr: 27,
  te: 20,
  fa: 15,
  sliceThickness: 1.5,
}
const tof = {
  manufacturer: 'SIEMENS',
  scanningSequence: ['GR'],
  sequenceVariant: ['SP', 'MTC'],
  sequenceName: '*fi3d1r',
  tr: 21,
  te: 3.4,
  fa: 18,
  sliceThickness: 0.5,
  images: 160,
}

const row = (expected: VerdictReason, what: string, facts: SeriesFacts): RealisticSeries => ({
  what,
  expected,
  facts,
})

/** What comes out of scanners, with what a radiographer would say of it. */
export const realisticSeries: readonly RealisticSeries[] = [
  row('CHOSEN', 'Siemens MPRAGE', brain('t1_mprage_sag_p2_iso_1.0', mprage)),
  row('CHOSEN', 'Siemens MPRAGE by its short name', brain('t1_mpr_ns_sag_iso', mprage)),
  row('CHOSEN', 'Siemens MPRAGE with an unhelpful name', brain('Serie 4', mprage)),
  row(
    'CHOSEN',
    'Siemens enhanced MPRAGE without inversion time or variant',
    brain('anat', {
      manufacturer: 'Siemens Healthineers',
      sopClassUid: '1.2.840.10008.5.1.4.1.1.4.1',
      images: 1,
      numberOfFrames: 192,
      echoPulseSequence: 'GRADIENT',
      echoPlanarPulseSequence: 'NO',
      timeOfFlightContrast: 'NO',
      acquisitionContrast: 'UNKNOWN',
      complexImageComponent: 'MAGNITUDE',
      sequenceName: '*tfl3d1_16ns',
      tr: 1800,
      te: 2.41,
      fa: 9,
    }),
  ),
  row(
    'CHOSEN',
    'Siemens FLASH with T1 weighting',
    brain('fl3d sag', {
      scanningSequence: ['GR'],
      sequenceVariant: ['SP'],
      tr: 20,
      te: 4.7,
      fa: 25,
    }),
  ),
  row(
    'NOT_T1',
    'Siemens FLASH with proton density weighting (multi-parameter mapping)',
    brain('PDw mfc_3dflash', {
      scanningSequence: ['GR'],
      sequenceVariant: ['SP'],
      tr: 23.7,
      te: 2.2,
      fa: 6,
    }),
  ),
  row(
    'NOT_T1',
    'Siemens FLASH with magnetization transfer',
    brain('MTw mfc_3dflash', {
      scanningSequence: ['GR'],
      sequenceVariant: ['MTC', 'SP'],
      tr: 50,
      te: 2.2,
      fa: 15,
    }),
  ),
  row('CHOSEN', 'GE BRAVO', brain('Sag 3D BRAVO', bravo)),
  row(
    'CHOSEN',
    'GE BRAVO as research mode',
    brain('SAG T1 BRAVO', { ...bravo, scanningSequence: ['RM'], sequenceVariant: ['NONE'] }),
  ),
  row(
    'CHOSEN',
    'GE FSPGR, axial',
    brain('Ax FSPGR 3D', {
      ...bravo,
      sliceThickness: 1.4,
      spacingBetweenSlices: 1.4,
      pixelSpacing: [0.94, 0.94],
      images: 124,
    }),
  ),
  row(
    'CHOSEN',
    'GE SPGR without inversion',
    brain('3D SPGR', { ...bravo, ti: undefined as never, tr: 24, te: 8, fa: 30 }),
  ),
  row('CHOSEN', 'Philips MPRAGE', brain('ADNI_Sag3D MPRAGE', tfe)),
  row('CHOSEN', 'Philips T1 TFE', brain('sT1W_3D_TFE', tfe)),
  row(
    'CHOSEN',
    'Canon Fast 3D MPRAGE',
    brain('SAG_3D_MPRAGE', {
      manufacturer: 'CANON_MEC',
      scanningSequence: ['GR', 'IR'],
      sequenceVariant: ['SP'],
      tr: 5.8,
      te: 2.7,
      ti: 900,
      fa: 9,
      sliceThickness: 1.2,
      images: 150,
    }),
  ),
  row(
    'CHOSEN',
    'Canon Fast 3D FE',
    brain('FFE3D_T1', {
      manufacturer: 'TOSHIBA_MEC',
      scanningSequence: ['GR'],
      sequenceVariant: ['SP'],
      tr: 13.5,
      te: 5.5,
      fa: 20,
      sliceThickness: 1.5,
    }),
  ),
  row(
    'CHOSEN',
    'anonymised T1 of which only the name is left',
    brain('T1 3D sag', { mrAcquisitionType: undefined, imageType: ['ORIGINAL', 'PRIMARY'] }),
  ),
  row(
    'NOT_T1',
    'anonymised series of which only a name without T1 is left',
    brain('sag 3D', { mrAcquisitionType: undefined, imageType: ['ORIGINAL', 'PRIMARY'] }),
  ),
  row(
    'NOT_T1',
    'MP2RAGE, first inversion',
    brain('t1_mp2rage_sag_p3_iso_INV1', { ...mp2rage, ti: 700 }),
  ),
  row(
    'NOT_T1',
    'MP2RAGE, second inversion',
    brain('t1_mp2rage_sag_p3_iso_INV2', { ...mp2rage, ti: 2500, fa: 5 }),
  ),
  row(
    'CHOSEN',
    'MP2RAGE, uniform images',
    brain('t1_mp2rage_sag_p3_iso_UNI_Images', {
      ...mp2rage,
      imageType: ['DERIVED', 'PRIMARY', 'M', 'ND', 'UNI'],
    }),
  ),
  row(
    'DERIVED',
    'MP2RAGE, T1 map',
    brain('t1_mp2rage_sag_p3_iso_T1_Images', {
      ...mp2rage,
      imageType: ['DERIVED', 'PRIMARY', 'T1 MAP', 'ND'],
    }),
  ),
  row(
    'THICK_SLICES',
    'Siemens T1 TSE',
    brain('t1_tse_tra', {
      ...flat,
      scanningSequence: ['SE'],
      sequenceVariant: ['SK', 'SP', 'OSP'],
      tr: 600,
      te: 9,
      fa: 150,
    }),
  ),
  row(
    'NOT_3D',
    'thin T1 TSE, 2D',
    brain('t1_tse_cor', {
      ...flat,
      sliceThickness: 2,
      spacingBetweenSlices: 2,
      scanningSequence: ['SE'],
      tr: 600,
      te: 9,
      fa: 150,
    }),
  ),
  row('NOT_T1', 'T1 SPACE', brain('t1_space_sag_p2_iso', { ...space, tr: 700, te: 11, fa: 120 })),
  row('NOT_T1', 'T2 SPACE', brain('t2_space_sag_p2_iso', { ...space, tr: 3200, te: 408, fa: 120 })),
  row(
    'NOT_T1',
    'FLAIR SPACE',
    brain('t2_space_dark-fluid_sag', {
      ...space,
      scanningSequence: ['SE', 'IR'],
      tr: 5000,
      te: 388,
      ti: 1800,
      fa: 120,
    }),
  ),
  row(
    'NOT_T1',
    'GE FLAIR CUBE',
    brain('Sag CUBE T2 FLAIR', {
      manufacturer: 'GE MEDICAL SYSTEMS',
      scanningSequence: ['SE', 'IR'],
      sequenceVariant: ['SK'],
      tr: 8000,
      te: 120,
      ti: 2200,
      fa: 90,
    }),
  ),
  row(
    'NOT_T1',
    'Philips FLAIR VISTA',
    brain('3D_FLAIR', { scanningSequence: ['SE', 'IR'], tr: 4800, te: 300, ti: 1650, fa: 40 }),
  ),
  row(
    'NOT_T1',
    'enhanced Philips FLAIR',
    brain('3D FLAIR', {
      acquisitionContrast: 'FLUID_ATTENUATED',
      echoPulseSequence: 'SPIN',
      tr: 4800,
      te: 300,
      ti: 1650,
      fa: 40,
    }),
  ),
  row(
    'THICK_SLICES',
    'T2 TSE',
    brain('t2_tse_tra_512', { ...flat, scanningSequence: ['SE'], tr: 6000, te: 100, fa: 150 }),
  ),
  row('NOT_T1', 'SWI magnitude', brain('Mag_Images', swi)),
  row(
    'NOT_MAGNITUDE',
    'SWI phase',
    brain('Pha_Images', { ...swi, imageType: ['ORIGINAL', 'PRIMARY', 'P', 'ND'] }),
  ),
  row(
    'DERIVED',
    'SWI minimum intensity projection',
    brain('mIP_Images(SW)', {
      ...swi,
      imageType: ['DERIVED', 'PRIMARY', 'MNIP', 'ND', 'NORM'],
    }),
  ),
  row(
    'NOT_T1',
    'GE SWAN',
    brain('Ax SWAN', { ...bravo, ti: undefined as never, tr: 40, te: 9.5, fa: 15 }),
  ),
  row(
    'THICK_SLICES',
    'diffusion',
    brain('ep2d_diff_3scan_trace_p2', {
      ...epi,
      imageType: ['ORIGINAL', 'PRIMARY', 'DIFFUSION', 'NONE', 'ND'],
    }),
  ),
  row(
    'NOT_T1',
    'thin diffusion',
    brain('DTI_64dir_b1000', {
      ...epi,
      mrAcquisitionType: '2D',
      sliceThickness: 2,
      spacingBetweenSlices: 2,
    }),
  ),
  row(
    'DERIVED',
    'apparent diffusion coefficient',
    brain('ep2d_diff_3scan_trace_p2_ADC', {
      ...epi,
      imageType: ['DERIVED', 'PRIMARY', 'DIFFUSION', 'ADC', 'ND'],
    }),
  ),
  row(
    'NOT_T1',
    'functional',
    brain('rest_bold_mb8', { ...epi, sliceThickness: 2, spacingBetweenSlices: 2, te: 37 }),
  ),
  row(
    'THICK_SLICES',
    'dynamic susceptibility perfusion',
    brain('ep2d_perf_p2', {
      ...epi,
      numberOfTemporalPositions: 50,
      contrastBolusAgent: 'Gadovist',
    }),
  ),
  row(
    'DERIVED',
    'perfusion map',
    brain('relCBF', { ...epi, imageType: ['DERIVED', 'PRIMARY', 'PERFUSION', 'CBF'] }),
  ),
  row(
    'REPEATED_POSITIONS',
    'dynamic T1 perfusion (DCE)',
    brain('twist_dyn', {
      scanningSequence: ['GR'],
      sequenceVariant: ['SP'],
      tr: 4,
      te: 1.5,
      fa: 15,
      numberOfTemporalPositions: 60,
    }),
  ),
  row('NOT_T1', 'time-of-flight angiography', brain('TOF_3D_multi-slab', tof)),
  row(
    'NOT_T1',
    'GE angiography with a flag only',
    brain('COW', { ...tof, sequenceVariant: ['SP'], angioFlag: 'Y' }),
  ),
  row(
    'NOT_T1',
    'enhanced angiography',
    brain('Willis', { ...tof, sequenceVariant: [], timeOfFlightContrast: 'YES' }),
  ),
  row(
    'NOT_T1',
    'phase contrast venography',
    brain('3D PCA sag', { scanningSequence: ['GR'], tr: 20, te: 7, fa: 15 }),
  ),
  row('NOT_T1', 'GE FIESTA', brain('Ax 3D FIESTA-C', { ...bravo, ti: undefined as never, fa: 55 })),
  row(
    'NOT_T1',
    'Siemens CISS',
    brain('t2_ci3d_tra', {
      scanningSequence: ['GR'],
      sequenceVariant: ['SS'],
      tr: 5.6,
      te: 2.5,
      fa: 50,
    }),
  ),
  row(
    'CONTRAST_AGENT',
    'MPRAGE after contrast agent',
    brain('t1_mprage_sag', { ...mprage, contrastBolusAgent: '8 ml Gadovist' }),
  ),
  row('CONTRAST_AGENT', 'MPRAGE called post', brain('SAG T1 MPRAGE POST', mprage)),
  row('CONTRAST_AGENT', 'MPRAGE called +C', brain('T1 MPRAGE +C', mprage)),
  row('CONTRAST_AGENT', 'MPRAGE called KM', brain('t1_mprage_nach_KM', mprage)),
  row('CONTRAST_AGENT', 'MPRAGE called gd', brain('t1_mprage_sag_Gd', mprage)),
  row('CHOSEN', 'MPRAGE called ohne KM', brain('t1_mprage ohne KM', mprage)),
  row('CHOSEN', 'MPRAGE called without contrast', brain('SAG MPRAGE WITHOUT CONTRAST', mprage)),
  row('CHOSEN', 'MPRAGE of a patient after surgery', brain('T1 MPRAGE post-op', mprage)),
  row(
    'CHOSEN',
    'MPRAGE whose contrast agent is a dash',
    brain('t1_mprage', { ...mprage, contrastBolusAgent: 'None' }),
  ),
  row(
    'CHOSEN',
    'Siemens reformat',
    brain('MPR Range[1]', {
      ...mprage,
      imageType: ['DERIVED', 'SECONDARY', 'MPR', 'CSA MPR', '', 'CSAPARALLEL'],
    }),
  ),
  row(
    'CHOSEN',
    'GE reformat',
    brain('COR REFORMAT', {
      ...bravo,
      imageType: ['DERIVED', 'SECONDARY', 'REFORMATTED', 'AVERAGE'],
    }),
  ),
  row(
    'CHOSEN',
    'Philips reformat that calls itself original',
    brain('MPR COR', { ...tfe, imageType: ['ORIGINAL', 'PRIMARY', 'MPR', 'M', 'FFE'] }),
  ),
  row(
    'DERIVED',
    'subtraction',
    brain('T1 post subtraction', { ...mprage, imageType: ['ORIGINAL', 'PRIMARY', 'M'] }),
  ),
  row(
    'DERIVED',
    'GE screen save',
    brain('Screen Save', { sopClassUid: '1.2.840.10008.5.1.4.1.1.7', images: 1 }),
  ),
  row(
    'LOCALIZER',
    'Siemens scout',
    brain('AAHead_Scout_64ch-head-coil', {
      scanningSequence: ['GR'],
      tr: 3.2,
      te: 1.4,
      fa: 10,
      sliceThickness: 1.6,
      images: 128,
    }),
  ),
  row('LOCALIZER', 'GE localizer', brain('3Plane Loc SSFSE', { ...flat, images: 15 })),
  row('LOCALIZER', 'Philips survey', brain('SmartBrain', { ...flat, images: 9 })),
  row(
    'LOCALIZER',
    'Siemens localizer by image type',
    brain('x', { ...flat, imageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER', 'M'] }),
  ),
  row(
    'THICK_SLICES',
    'field map, phase',
    brain('gre_field_mapping', {
      ...flat,
      imageType: ['ORIGINAL', 'PRIMARY', 'P', 'ND'],
      scanningSequence: ['GR'],
      tr: 500,
      te: 7.4,
      fa: 60,
    }),
  ),
  row(
    'NOT_MAGNITUDE',
    'MPRAGE phase',
    brain('t1_mprage', { ...mprage, imageType: ['ORIGINAL', 'PRIMARY', 'P', 'ND'] }),
  ),
  row(
    'NOT_MAGNITUDE',
    'Philips real part',
    brain('T1 TFE R', { ...tfe, imageType: ['ORIGINAL', 'PRIMARY', 'R_FFE', 'R', 'FFE'] }),
  ),
  row('COVERAGE', 'slab of the temporal lobes', brain('t1_mprage_slab', { ...mprage, images: 64 })),
  row(
    'COVERAGE',
    'small field of view',
    brain('sella 3D T1', { ...mprage, pixelSpacing: [0.5, 0.5] }),
  ),
  row('COARSE_PIXELS', 'coarse scan', brain('t1 fast', { ...mprage, pixelSpacing: [2.5, 2.5] })),
  row('NOT_HEAD', 'knee', brain('t1_fl3d_sag', { ...knee, bodyPartExamined: 'KNEE' })),
  row(
    'NOT_HEAD',
    'knee with the parameters of a head',
    brain('t1_fl3d_sag', { ...mprage, bodyPartExamined: 'KNEE', studyDescription: 'MR Knie li' }),
  ),
  row('CHOSEN', 'head called a knee', brain('t1_mprage', { ...mprage, bodyPartExamined: 'KNEE' })),
  row('NOT_MR', 'CT', brain('Head 1.0 H31s', { modality: 'CT' })),
  row(
    'NOT_IMAGE',
    'dose report',
    brain('report', { modality: 'SR', sopClassUid: '1.2.840.10008.5.1.4.1.1.88.67' }),
  ),
  row(
    'NOT_IMAGE',
    'spectroscopy',
    brain('svs_se_135', { sopClassUid: '1.2.840.10008.5.1.4.1.1.4.2', images: 1 }),
  ),
]
