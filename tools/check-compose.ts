// Checks docker-compose.yml and the Dockerfile without Docker. npm run check -- compose [--run]
// --run also tries the Dockerfile's commands in an empty folder
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { checkDockerfile } from './compose-check/check-dockerfile.ts'
import { checkSecrets } from './compose-check/check-secrets.ts'
import {
  checkScaling,
  checkServices,
  checkSettings,
  checkVariables,
} from './compose-check/check-services.ts'
import { checkAgainstSchema, readComposeFile } from './compose-check/compose-file.ts'
import { runDockerfile } from './compose-check/run-dockerfile.ts'
import { repositoryPath } from './repository-path.ts'

const { values } = parseArgs({ options: { run: { type: 'boolean', default: false } } })
const file = readComposeFile()
const problems = [
  ...checkAgainstSchema(file),
  ...checkServices(file),
  ...checkSettings(file),
  ...checkSecrets(file),
  ...checkScaling(file),
  ...checkVariables(file, readFileSync(repositoryPath('.env.example'), 'utf8')),
  ...checkDockerfile(),
]
for (const problem of problems) console.error(problem)
if (problems.length === 0) console.log('docker-compose.yml and Dockerfile: nothing wrong')
if (values.run) await runDockerfile((line) => console.log(line))
process.exitCode = problems.length === 0 ? 0 : 1
