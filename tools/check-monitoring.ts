// Validates monitoring/alerts.yml with Prometheus' own promtool and tests it with generated data:
//   npm run check -- monitoring        (Debian's package prometheus brings promtool)
import { spawnSync } from 'node:child_process'
import { repositoryPath } from './repository-path.ts'

for (const command of [
  ['check', 'rules', 'monitoring/alerts.yml'],
  ['test', 'rules', 'monitoring/alerts.test.yml'],
]) {
  const { status, error } = spawnSync('promtool', command, {
    cwd: repositoryPath('.'),
    stdio: 'inherit',
  })
  if (error) {
    console.error('promtool is not installed; apt-get install prometheus provides it.')
    process.exit(2)
  }
  if (status !== 0) process.exit(1)
}
