import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { HippoError } from '../errors.ts'

const text = Type.String({ minLength: 1 })
const size = Type.Integer({ minimum: 1, maximum: 512 })
const triple = <Item extends Type.TSchema>(item: Item) => Type.Tuple([item, item, item])
const axes = <Names extends string[]>(...names: Names) =>
  Type.Tuple(names.map((name) => Type.Literal(name)))

const shareLeft = Type.Number({ minimum: 0, maximum: 2 })
const measuredLosses = Type.Array(Type.Object({ left: shareLeft, measured: Type.Number() }))
/** Measured relative to true change in images of one kind; keys are the simulators of loss. */
const changeOnImages = Type.Object({
  hippocampi: Type.Integer({ minimum: 1 }),
  /** Slope of log measured against log true volume. */
  slopes: Type.Object({ anchored: Type.Number(), flow: Type.Number() }),
  /** Mean ratio of measured volumes after and before; the true ratio is `left`. */
  ratios: Type.Object({ anchored: measuredLosses, flow: measuredLosses }),
  /** The same if only the temporal horn grew, by this many millimetres; the true ratio is 1. */
  hornRatios: Type.Array(Type.Object({ mm: Type.Number(), measured: Type.Number() })),
})
/** The model's measurements of known change, as written by tools/atrophy/manifest-block.ts. */
const knownChange = Type.Object({
  crops: Type.Optional(changeOnImages),
  heads: Type.Optional(changeOnImages),
  /** Heads drawn from label maps that were not used in training. */
  drawn: Type.Optional(
    Type.Object({
      hippocampi: Type.Integer({ minimum: 1 }),
      slope: Type.Number(),
      r: Type.Number(),
    }),
  ),
})

const share = Type.Number({ minimum: 0, maximum: 1 })

/** Coefficients of a standard error in mm3; not negative, so that the error never is. */
const errorLine = Type.Object({
  constantMm3: Type.Number({ minimum: 0 }),
  perVolume: Type.Number({ minimum: 0 }),
  perSurface: Type.Number({ minimum: 0 }),
  perUncertainty: Type.Number({ minimum: 0 }),
  /** Share of held-out people within one and within 1.96 standard errors. */
  coverage68: Type.Optional(share),
  coverage95: Type.Optional(share),
})

const sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' })
const fileName = Type.String({ pattern: '^[\\w.-]+$' })

/** Tensor in, how crops are normalised before, and tensor out. */
const network = {
  input: Type.Object({
    name: text,
    axes: axes('batch', 'channel', 'right', 'anterior', 'superior'),
    /** Voxels along right, anterior, superior. */
    patch: triple(size),
    /** Sizes beyond the patch must be a multiple of this. */
    multiple: size,
    /** False if the model accepts only the patch size. */
    dynamic: Type.Boolean(),
    /**
     * A crop larger than the largest of training along any axis (right, anterior, superior; voxels)
     * is segmented again in a box of the usual size around the first result: in a wide field the
     * model labels too much.
     */
    focus: Type.Optional(Type.Object({ beyond: triple(size), box: triple(size) })),
  }),
  normalization: Type.Object({
    kind: Type.Literal('percentile-zscore'),
    lowerPercentile: Type.Number({ minimum: 0, maximum: 50 }),
    upperPercentile: Type.Number({ minimum: 50, maximum: 100 }),
    foreground: Type.Enum(['nonzero', 'all']),
  }),
  output: Type.Object({
    name: text,
    axes: axes('batch', 'class', 'right', 'anterior', 'superior'),
    activation: Type.Literal('softmax'),
  }),
  /** Values of the label map; the model's class n is the label n, class 0 the background. */
  labels: Type.Array(
    Type.Object({ value: Type.Integer({ minimum: 0, maximum: 255 }), name: text }),
    { minItems: 1 },
  ),
}

/**
 * A second, small network for the temporal horn beside the hippocampus. It sees the same box, mirrored and
 * normalised in the same way; one of its labels is called `temporal-horn`.
 */
const hornNetwork = Type.Object({
  name: text,
  version: text,
  /** The ONNX file, beside the manifest. */
  file: fileName,
  sha256,
  ...network,
  /** The standard error of a horn's volume: constantMm3 + perVolume * volume. */
  standardError: Type.Object({
    constantMm3: Type.Number({ minimum: 0 }),
    perVolume: Type.Number({ minimum: 0 }),
  }),
  /** A smaller horn is a slit whose volume cannot be measured. */
  slitBelowMm3: Type.Number({ minimum: 0 }),
})

/** Inputs and outputs of a model, as in the manifest written by models/training. */
export const modelManifestSchema = Type.Object({
  schemaVersion: Type.Literal(1),
  name: text,
  version: text,
  created: Type.Optional(text),
  /** The ONNX file, beside the manifest. */
  file: fileName,
  sha256,
  /** The side of the body the model was trained on, in patient coordinates. */
  side: Type.Literal('left'),
  /** Directions in which the input's three axes increase: Right, Anterior, Superior. */
  frame: Type.Literal('RAS'),
  spacingMm: triple(Type.Literal(1)),
  ...network,
  /** Absent if the model has no network for the temporal horn. */
  horn: Type.Optional(hornNetwork),
  /**
   * The expected Dice of a case, fitted on cases the network had not seen; lower values cause a
   * warning.
   */
  confidence: Type.Optional(
    Type.Union([
      /** From signs of doubt (certainty-signs.ts): intercept + sum of weight times sign. */
      Type.Object({
        kind: Type.Literal('signs'),
        intercept: Type.Number(),
        unsureShare: Type.Number(),
        intensitySpread: Type.Number(),
        warnBelow: Type.Number(),
      }),
      /** From the Dice that the network predicts for its own outline. */
      Type.Object({
        kind: Type.Literal('expected-dice'),
        slope: Type.Number(),
        intercept: Type.Number(),
        warnBelow: Type.Number(),
      }),
      /** The model's certainty was evaluated and is not informative about a case: no warning. */
      Type.Object({ kind: Type.Literal('none') }),
    ]),
  ),
  knownChange: Type.Optional(knownChange),
  /**
   * The standard error of a crop's volumes against an expert's tracing, fitted on people whom the network had
   * not seen: constantMm3 + perVolume * volume + perSurface * surface + perUncertainty * uncertainty
   * (volume-errors.ts).
   */
  standardError: Type.Optional(
    Type.Object({
      kind: Type.Literal('linear'),
      whole: errorLine,
      anterior: errorLine,
      posterior: errorLine,
    }),
  ),
  scores: Type.Optional(
    Type.Object({
      cases: Type.Optional(Type.Number()),
      diceAnterior: Type.Optional(Type.Number()),
      dicePosterior: Type.Optional(Type.Number()),
      diceWhole: Type.Optional(Type.Number()),
      volumeBiasPercent: Type.Optional(Type.Number()),
      /** On whole heads from other sites than the crops above. */
      heads: Type.Optional(
        Type.Object({
          cases: Type.Number(),
          diceWhole: Type.Number(),
          /** Source of the heads, as on the page. */
          of: Type.String(),
        }),
      ),
      /** Source of the crops, as on the page. */
      of: Type.Optional(Type.String()),
    }),
  ),
})

export type ModelManifest = Readonly<Static<typeof modelManifestSchema>>

/** The manifest's block about its network for the temporal horn. */
export type HornManifest = NonNullable<ModelManifest['horn']>

/** Everything needed to run a network. */
export type NetworkManifest = Pick<ModelManifest, 'input' | 'normalization' | 'output' | 'labels'>

/** A manifest and the ONNX files it names, checked against each other. */
export interface Model {
  readonly manifest: ModelManifest
  readonly onnx: Uint8Array
  /** The network for the temporal horn, where the manifest names one. */
  readonly hornOnnx: Uint8Array | undefined
}

const isMissing = (error: unknown) => (error as { code?: string }).code === 'ENOENT'

async function readModelFile(path: string, what: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new HippoError(
      'MODEL_MISSING',
      isMissing(error)
        ? `The ${what} ${path} does not exist.`
        : `The ${what} ${path} cannot be read.`,
      { cause: error },
    )
  }
}

function parseManifest(json: string, path: string): ModelManifest {
  let manifest: unknown
  try {
    manifest = JSON.parse(json)
  } catch (error) {
    throw new HippoError('MODEL_INVALID', `The model's manifest ${path} is not JSON.`, {
      cause: error,
    })
  }
  if (!Value.Check(modelManifestSchema, manifest)) {
    const faults = [...Value.Errors(modelManifestSchema, manifest)]
      .slice(0, 5)
      .map(({ instancePath, message }) => `${instancePath || 'it'} ${message}`)
    throw new HippoError(
      'MODEL_INVALID',
      `The model's manifest ${path} is not usable: ${faults.join('; ')}.`,
    )
  }
  return manifest
}

/** Reads an ONNX file that a manifest names and checks that it is that one. */
async function readOnnx(folder: string, file: string, expected: string): Promise<Uint8Array> {
  const onnx = await readModelFile(join(folder, file), 'model file')
  const sha256 = createHash('sha256').update(onnx).digest('hex')
  if (sha256 !== expected) {
    throw new HippoError(
      'MODEL_ALTERED',
      `The model file ${file} does not match its manifest (SHA-256 ${sha256.slice(0, 12)}… instead of ${expected.slice(0, 12)}…). Restore the original file.`,
      { details: { sha256, expectedSha256: expected } },
    )
  }
  return onnx
}

/**
 * Reads a model's manifest and the ONNX files beside it, and checks that they are those the
 * manifest describes. Throws MODEL_MISSING, MODEL_INVALID or MODEL_ALTERED.
 */
export async function readModelManifest(path: string): Promise<Model> {
  const json = await readModelFile(path, "model's manifest")
  const manifest = parseManifest(json.toString('utf8'), path)
  const { file, sha256, horn } = manifest
  const folder = dirname(path)
  return {
    manifest,
    onnx: await readOnnx(folder, file, sha256),
    hornOnnx: horn && (await readOnnx(folder, horn.file, horn.sha256)),
  }
}
