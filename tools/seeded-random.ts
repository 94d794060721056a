export { seededRandom } from '../src/models/known-change/seeded-random.ts'
