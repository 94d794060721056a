import { stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { HippoError } from '../errors.ts'

const isNiftiName = (path: string) => /\.nii(\.gz)?$/i.test(path)
const isFolder = async (path: string) =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false

/** Throws REQUEST_INVALID for a folder among the images. */
export async function refuseFolders(inputs: readonly string[]): Promise<void> {
  for (const input of inputs) {
    if (!(await isFolder(input))) continue
    throw new HippoError(
      'REQUEST_INVALID',
      `${input} is a folder. "hippovolume segment" takes image files (.nii, .nii.gz, .mgz, .mgh); for a folder of DICOM files use "hippovolume analyze".`,
    )
  }
}

/** One image goes into the named file; several, or any into a folder, keep their names there. */
async function nameOutputs(inputs: readonly string[], output: string): Promise<string[]> {
  const intoFolder = await isFolder(output)
  if (inputs.length === 1 && !intoFolder && isNiftiName(output)) return [output]
  if (!intoFolder && isNiftiName(output)) {
    throw new HippoError('REQUEST_INVALID', 'Several images need a folder as --output.')
  }
  if (!intoFolder && /\.(mg[hz]|gz|img|hdr)$/i.test(output)) {
    throw new HippoError(
      'REQUEST_INVALID',
      `Labels are written as NIfTI: --output must end in .nii or .nii.gz, or name a folder; ${output} does not.`,
    )
  }
  const names = inputs.map((input) =>
    basename(input).replace(/(\.nii(\.gz)?|\.mg[hz])?$/i, '.nii.gz'),
  )
  if (new Set(names).size < names.length) {
    throw new HippoError('REQUEST_INVALID', 'Two of the images have the same name.')
  }
  return names.map((name) => join(output, name))
}

/**
 * The output path of each image's labels; none without an output. Throws REQUEST_INVALID, also if
 * they would overwrite an image.
 */
export async function planOutputs(
  inputs: readonly string[],
  output: string | undefined,
): Promise<(string | undefined)[]> {
  if (output === undefined) return inputs.map(() => undefined)
  const outputs = await nameOutputs(inputs, output)
  const images = new Set(inputs.map((input) => resolve(input)))
  const overwritten = outputs.find((path) => images.has(resolve(path)))
  if (overwritten === undefined) return outputs
  throw new HippoError(
    'REQUEST_INVALID',
    `The labels would overwrite the image ${overwritten}. Choose another --output.`,
  )
}
