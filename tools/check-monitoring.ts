// Has Prometheus' own promtool read monitoring/alerts.yml and try it on made-up days:
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
    console.error('promtool is not there; apt-get install prometheus brings it.')
    process.exit(2)
  }
  if (status !== 0) process.exit(1)
}
