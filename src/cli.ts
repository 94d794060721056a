import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { toHippoError } from './errors.ts'
import { openNorms } from './open-norms.ts'
import { openSeriesRules } from './open-series-rules.ts'
import { software } from './software.ts'

const usageExit = 2

function parsePositive(text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new InvalidArgumentError('It must be a number above 0.')
  return value
}

function parseCount(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) {
    throw new InvalidArgumentError('It must be a whole number above 0.')
  }
  return value
}

const modelOption = () =>
  new Option('--model <manifest>', "path of a model's manifest").default(
    'builtin',
    'the shipped one',
  )
const threadsOption = () =>
  new Option('--threads <count>', 'threads of the inference').default(2).argParser(parseCount)
const jsonOption = () => new Option('--json', 'print the results as JSON and nothing else')
const quietOption = () => new Option('--quiet', 'no progress')

const program = new Command('hippovolume')
  .description(
    'Hippocampal volumetry from MRI. Research software, not for diagnosis.\n\n' +
      'Exit codes: 0 all was measured, 1 something could not be measured (the output says what and why), 2 wrong usage.',
  )
  .version(software.version)
  .exitOverride()
  .showHelpAfterError('(--help tells more)')

program
  .command('serve')
  .description('Run the service. Its settings come from the environment; README.md lists them.')
  .action(async () => {
    await import('./main.ts')
  })

program
  .command('analyze')
  .description(
    'Do the whole job offline on DICOM files: choose the series, measure, write report.png and montage.png, segmentation.dcm, measurements.dcm, report.dcm, labels.nii.gz and results.json.',
  )
  .argument('<files or folders...>', 'DICOM files; folders are read with everything below them')
  .requiredOption('-o, --output <folder>', 'where to write; made if absent')
  .option('--series-description <name>', 'SeriesDescription of the series to measure', 'HippoCrop')
  .addOption(
    new Option('--max-slice-spacing <mm>', 'slices further apart are too thick')
      .default(2)
      .argParser(parsePositive),
  )
  .addOption(
    new Option('--prefer <kind>', 'what is measured where a study has both')
      .choices(['crop', 'head'])
      .default('crop'),
  )
  .option('--series-rules <file>', "a site's own rules of series choice", 'builtin')
  .option('--norms <file>', "a site's own norms for percentiles", 'builtin')
  .option('--draw-identity', 'draw patient name and id on the page', false)
  .option('--pdf', 'write the page as report.pdf and document.dcm, too', false)
  .addOption(modelOption())
  .addOption(threadsOption())
  .addOption(jsonOption())
  .addOption(quietOption())
  .action(async (paths: string[], options) => {
    // Imported when it runs, so that help and wrong usage are answered at once.
    const { analyze } = await import('./commands/analyze.ts')
    process.exitCode = await analyze(paths, {
      ...options,
      maximumSliceSpacing: options.maxSliceSpacing,
      seriesRules: openSeriesRules(options.seriesRules),
      norms: openNorms(options.norms),
    })
  })

program
  .command('segment')
  .description(
    'Label NIfTI images in their own grids. Whole heads: left 1 anterior, 2 posterior; right 3 anterior, 4 posterior. Crops around one hippocampus: 1 anterior, 2 posterior.',
  )
  .argument('<images...>', 'NIfTI files, .nii or .nii.gz')
  .requiredOption('-o, --output <path>', 'a NIfTI file for one image, a folder for several')
  .addOption(
    new Option('--kind <kind>', 'what the images show')
      .choices(['crop', 'head'])
      .default(undefined, 'by their size: under 100 mm on every side is a crop'),
  )
  .addOption(
    new Option('--side <side>', 'which hippocampus a crop shows, in patient coordinates')
      .choices(['left', 'right', 'unknown'])
      .default('unknown', 'run as it is; the model learnt left ones'),
  )
  .addOption(modelOption())
  .addOption(threadsOption())
  .addOption(jsonOption())
  .addOption(quietOption())
  .action(async (images: string[], options) => {
    const { segment } = await import('./commands/segment.ts')
    process.exitCode = await segment(images, options)
  })

program
  .command('audit')
  .description('The audit trail of the service, as GET /api/v1/audit exports it.')
  .command('verify')
  .description('Say whether an exported audit trail is whole and as it was written.')
  .argument('<file>', 'the export, JSON lines')
  .option('--known <hashes...>', 'hashes noted elsewhere (the log has them) that must be in it', [])
  .action(async (file: string, { known }: { known: string[] }) => {
    const { verifyAuditFile } = await import('./commands/verify-audit.ts')
    process.exitCode = await verifyAuditFile(file, known)
  })

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : usageExit
  } else {
    const { code, message } = toHippoError(error, 'request')
    console.error(`hippovolume: ${message}`)
    process.exitCode = ['REQUEST_INVALID', 'FILE_UNREADABLE', 'CONFIG_INVALID'].includes(code)
      ? usageExit
      : 1
  }
}
