import { join } from 'node:path'

/** Command of an Orthanc, and its DICOMweb plugin. */
export interface OrthancProgram {
  readonly command: string
  /** Come before Orthanc's own arguments. */
  readonly args: readonly string[]
  readonly dicomWebPlugin: string
  readonly environment: Readonly<Record<string, string>>
}

const libraries = 'usr/lib/x86_64-linux-gnu'

/**
 * This system's Orthanc, or the one of another Debian in the folder HIPPO_ORTHANC_ROOT (npm run check -- orthanc-1.12
 * makes it). The latter is started by that Debian's own loader with its own libraries, so that neither root nor chroot
 * is needed.
 */
export function findOrthancProgram(root = process.env.HIPPO_ORTHANC_ROOT): OrthancProgram {
  if (root === undefined || root === '') {
    return {
      command: '/usr/sbin/Orthanc',
      args: [],
      dicomWebPlugin: '/usr/share/orthanc/plugins/libOrthancDicomWeb.so',
      environment: {},
    }
  }
  return {
    command: join(root, libraries, 'ld-linux-x86-64.so.2'),
    args: [
      '--library-path',
      [libraries, 'usr/lib'].map((one) => join(root, one)).join(':'),
      join(root, 'usr/sbin/Orthanc'),
    ],
    dicomWebPlugin: join(root, 'usr/share/orthanc/plugins/libOrthancDicomWeb.so'),
    // DCMTK searches below /usr/share, which belongs to another version.
    environment: {
      DCMDICTPATH: ['dicom.dic', 'private.dic']
        .map((name) => join(root, 'usr/share/dcmtk', name))
        .join(':'),
    },
  }
}
