import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { toHippoError } from './errors.ts'
import { parseOrientation } from './nifti/orientation.ts'
import { software } from './software.ts'
import type { Orientation } from './volume/axis-order.ts'
import { openNorms } from './wiring/open-norms.ts'
import { openSeriesRules } from './wiring/open-series-rules.ts'

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

function parseOrientationOption(text: string): Orientation {
  try {
    return parseOrientation(text)
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}

function parsePercentile(text: string): number {
  const value = Number(text)
  if (!(value >= 0.5 && value <= 25)) {
    throw new InvalidArgumentError('It must be a number from 0.5 to 25.')
  }
  return value
}

const modelOption = () =>
  new Option('--model <manifest>', "path of a model's manifest").default(
    'builtin',
    'the shipped one',
  )
const threadsOption = () =>
  new Option('--threads <count>', 'inference threads').default(2).argParser(parseCount)
const jsonOption = () => new Option('--json', 'print the results as JSON only')
const quietOption = () => new Option('--quiet', 'no progress')

const program = new Command('hippovolume')
  .description(
    'Hippocampal volumetry from MRI. Research software, not for diagnosis.\n\n' +
      'Exit codes: 0 everything was measured, 1 something could not be measured (the output says what and why), 2 wrong usage.',
  )
  .version(software.version)
  .exitOverride()
  .showHelpAfterError('(see --help)')

program
  .command('serve')
  .description(
    'Run the service. Its settings come from the environment; docs/settings.md lists them.',
  )
  .action(async () => {
    await import('./main.ts')
  })

program
  .command('analyze')
  .description(
    'Analyse DICOM files offline: select the series, measure it, and write report.png, details.png and montage.png, segmentation.dcm, measurements.dcm, report.dcm, labels.nii.gz and results.json.',
  )
  .argument('<files or folders...>', 'DICOM files; folders are read recursively')
  .requiredOption('-o, --output <folder>', 'output folder; created if absent')
  .option('--series-description <name>', 'SeriesDescription of the series to measure', 'HippoCrop')
  .addOption(
    new Option('--max-slice-spacing <mm>', 'maximum slice spacing; thicker series are rejected')
      .default(2)
      .argParser(parsePositive),
  )
  .addOption(
    new Option('--prefer <kind>', 'what to measure when a study has both')
      .choices(['crop', 'head'])
      .default('crop'),
  )
  .addOption(
    new Option(
      '--contrast-enhanced <what>',
      'whether a head after contrast agent is measured if there is no other',
    )
      .choices(['refuse', 'measure'])
      .default('refuse'),
  )
  .option('--series-rules <file>', "the site's own series rules", 'builtin')
  .option('--norms <file>', "the site's own norms for percentiles", 'builtin')
  .addOption(
    new Option('--alarm-percentile <percent>', 'below which a volume is called small')
      .default(undefined, 'from the norms file, 5')
      .argParser(parsePercentile),
  )
  .option('--draw-identity', 'draw patient name and ID on the page', false)
  .option('--hide-study', 'omit accession number, study date and description from the page', false)
  .addOption(
    new Option('--language <code>', 'language of the impression, the sentences to paste')
      .choices(['en', 'de'])
      .default('en'),
  )
  .option('--pdf', 'also write the page as report.pdf and document.dcm', false)
  .addOption(modelOption())
  .addOption(threadsOption())
  .addOption(jsonOption())
  .addOption(quietOption())
  .action(async (paths: string[], options) => {
    // Imported on demand, so that help and usage errors are printed without delay.
    const { analyze } = await import('./commands/analyze.ts')
    process.exitCode = await analyze(paths, {
      ...options,
      maximumSliceSpacing: options.maxSliceSpacing,
      seriesRules: openSeriesRules(options.seriesRules),
      norms: openNorms(options.norms, options.alarmPercentile),
    })
  })

program
  .command('segment')
  .description(
    'Label NIfTI and FreeSurfer images in their own grids. Whole heads: left 1 anterior, 2 posterior; right 3 anterior, 4 posterior. Crops around one hippocampus: 1 anterior, 2 posterior.',
  )
  .argument('<images...>', 'files: .nii, .nii.gz, .mgz or .mgh')
  .option('-o, --output <path>', 'a NIfTI file for one image, a folder for several')
  .option('--csv <file>', 'write a table with one row per image')
  .option('--people <file>', 'a table with the columns id, age and sex, for the norms')
  .option('--norms <file>', "the site's own norms for percentiles", 'builtin')
  .addOption(
    new Option('--kind <kind>', 'what the images show')
      .choices(['crop', 'head'])
      .default(undefined, 'by size: under 100 mm on every side is a crop'),
  )
  .addOption(
    new Option('--side <side>', 'which hippocampus a crop shows, in patient coordinates')
      .choices(['left', 'right', 'unknown'])
      .default('unknown', 'measured as it is; the model was trained on left ones'),
  )
  .addOption(
    new Option(
      '--orientation <letters>',
      'directions in which columns, rows and slices increase, such as LAS, for files that do not state them',
    ).argParser(parseOrientationOption),
  )
  .addOption(modelOption())
  .addOption(threadsOption())
  .addOption(jsonOption())
  .addOption(quietOption())
  .action(async (images: string[], options, command: Command) => {
    if (options.output === undefined && options.csv === undefined) {
      command.error("error: required option '-o, --output <path>' not specified (or --csv <file>)")
    }
    const { segment } = await import('./commands/segment.ts')
    process.exitCode = await segment(images, { ...options, norms: openNorms(options.norms) })
  })

const dataOption = () =>
  new Option('--data <folder>', "the service's DATA_DIR").env('DATA_DIR').default('./data')
const urlOption = () =>
  new Option(
    '--url <url>',
    'address of the running service (default: HOST and PORT of the environment)',
  ).env('HIPPOVOLUME_URL')
const queryOptions = (command: Command) =>
  command
    .option('--from <day>', 'first StudyDate, YYYY-MM-DD')
    .option('--to <day>', 'last StudyDate')
    .option('--description <texts...>', 'text in the description of study or series')
    .option('--patient <ids...>', 'patient IDs')

program
  .command('backup')
  .description('Copy queue and pages into a new folder while the service is running.')
  .argument('<folder>', 'made by this')
  .addOption(dataOption())
  .action(async (folder: string, options) => {
    const { backup } = await import('./commands/backup.ts')
    process.exitCode = await backup(folder, options)
  })

program
  .command('restore')
  .description('Replace queue and pages with a backup while no service is running.')
  .argument('<folder>', 'of a backup')
  .addOption(dataOption())
  .action(async (folder: string, options) => {
    const { restore } = await import('./commands/backup.ts')
    process.exitCode = await restore(folder, options)
  })

queryOptions(
  program
    .command('export')
    .description(
      'Write results of the running service as CSV; with a query, every matching study of the archive. The token is taken from API_TOKEN or OPERATOR_TOKEN, or from the file that API_TOKEN_FILE or OPERATOR_TOKEN_FILE names.',
    ),
)
  .requiredOption('-o, --output <file>', 'the table to write')
  .option('--backfill <id>', 'all studies that match the query of this backfill')
  .option('--superseded', 'also results that newer ones have replaced')
  .option('--pseudonymous', 'replace identifying values with codes')
  .addOption(urlOption())
  .action(async ({ output, ...options }) => {
    const { exportTable } = await import('./commands/backfills.ts')
    process.exitCode = await exportTable(output, options)
  })

queryOptions(
  program
    .command('backfill')
    .description(
      'Analyse older studies of the archive through the running service. The token is taken from API_TOKEN or OPERATOR_TOKEN, or from the file that API_TOKEN_FILE or OPERATOR_TOKEN_FILE names.',
    ),
)
  .addArgument(
    new Argument('<action>', 'what to do').choices(['start', 'list', 'pause', 'resume', 'cancel']),
  )
  .argument('[id]', 'identifier, for pause, resume and cancel')
  .addOption(new Option('--rate <count>', 'maximum studies per minute').argParser(parsePositive))
  .addOption(urlOption())
  .action(async (action, id: string | undefined, options) => {
    const { steerBackfills } = await import('./commands/backfills.ts')
    process.exitCode = await steerBackfills(action, id, options)
  })

const norms = program.command('norms').description("Manage the site's own norms (docs/norms.md).")

norms
  .command('calibrate')
  .description(
    "Make the site's own norms from its healthy people (at least 20), or from people also measured with FreeSurfer, and a page about them.",
  )
  .requiredOption('--people <file>', 'table with id, age, sex; group if some are ill')
  .requiredOption('--results <file>', 'table that segment --csv wrote for their heads')
  .requiredOption('-o, --output <file>', 'the norms, for NORMS_FILE')
  .option('--report <file>', 'the page about them (PNG); next to the output by default')
  .option('--site <name>', 'name of the site on pages', 'this site')
  .addOption(modelOption())
  .action(async (options) => {
    const { calibrate } = await import('./commands/norms.ts')
    process.exitCode = await calibrate(options)
  })

const models = program
  .command('models')
  .description(
    'List, check, switch and compare models. All but check call the running service, with API_TOKEN or API_TOKEN_FILE of the environment (docs/models.md).',
  )

models
  .command('list')
  .description('Show the installed models.')
  .addOption(urlOption())
  .addOption(jsonOption())
  .action(async (options) => {
    const { listModels } = await import('./commands/models.ts')
    process.exitCode = await listModels(options)
  })

models
  .command('check')
  .description(
    "Compare the site's own model with the shipped one on crops with manual labels, and write the record next to it that `use` requires.",
  )
  .argument('<manifest>', "the model's manifest")
  .requiredOption(
    '--cases <folder>',
    'folder with images/ and labels/, NIfTI crops of the same names',
  )
  .addOption(
    new Option('--norms <file>', "the site's own norms, with a calibration of the model")
      .env('NORMS_FILE')
      .default('builtin'),
  )
  .addOption(
    new Option('--side <side>', 'which hippocampus the crops show, in patient coordinates')
      .choices(['left', 'right'])
      .default('left'),
  )
  .addOption(threadsOption())
  .addOption(jsonOption())
  .addOption(quietOption())
  .action(async (manifest: string, options) => {
    const { check } = await import('./commands/check-model.ts')
    process.exitCode = await check(manifest, { ...options, norms: openNorms(options.norms) })
  })

models
  .command('use')
  .description('Measure new jobs with another model. Running jobs finish with theirs.')
  .argument('<version>', 'builtin, a version, NAME@VERSION, or the start of a SHA-256')
  .option('--offline', 'write the choice into the queue of a service that is not running', false)
  .addOption(urlOption())
  .addOption(jsonOption())
  .action(async (version: string, options) => {
    const { useModel } = await import('./commands/models.ts')
    process.exitCode = await useModel(version, options)
  })

models
  .command('rollback')
  .description('Return to the model before the last switch.')
  .addOption(urlOption())
  .addOption(jsonOption())
  .action(async (options) => {
    const { rollBackModel } = await import('./commands/models.ts')
    process.exitCode = await rollBackModel(options)
  })

models
  .command('shadow')
  .description('Let a second model measure every study without publishing its results.')
  .argument('<version>', 'as for use, or off')
  .addOption(urlOption())
  .addOption(jsonOption())
  .action(async (version: string, options) => {
    const { shadowModel } = await import('./commands/models.ts')
    process.exitCode = await shadowModel(version, options)
  })

models
  .command('compare')
  .description('Show how the model in shadow mode compares with the active one.')
  .addOption(urlOption())
  .addOption(jsonOption())
  .action(async (options) => {
    const { compareModels } = await import('./commands/models.ts')
    process.exitCode = await compareModels(options)
  })

program
  .command('audit')
  .description('Verify the audit trail of the service, as exported by GET /api/v1/audit.')
  .command('verify')
  .description('Check that an exported audit trail is complete and unchanged.')
  .argument('<file>', 'the export, JSON lines')
  .option(
    '--known <hashes...>',
    'hashes recorded elsewhere (the log has them): the trail must contain them and end with the newest',
    [],
  )
  .option(
    '--allow-newer',
    'accept entries after the known hashes, although they cannot be verified',
    false,
  )
  .action(async (file: string, options: { known: string[]; allowNewer: boolean }) => {
    const { verifyAuditFile } = await import('./commands/verify-audit.ts')
    process.exitCode = await verifyAuditFile(file, options)
  })

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : usageExit
  } else {
    const { code, message } = toHippoError(error, 'request')
    console.error(`hippovolume: ${message}`)
    process.exitCode = [
      'REQUEST_INVALID',
      'FILE_UNREADABLE',
      'CONFIG_INVALID',
      'BACKUP_UNUSABLE',
    ].includes(code)
      ? usageExit
      : 1
  }
}
