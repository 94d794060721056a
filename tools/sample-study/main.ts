import { writeSampleStudies } from './write-sample-study.ts'

const [folder, seed] = process.argv.slice(2)
if (folder === undefined) {
  console.error('Usage: node tools/sample-study/main.ts FOLDER [SEED]')
  process.exit(2)
}
for (const { files, studyInstanceUid } of writeSampleStudies(folder, seed)) {
  console.log(`${files.length} DICOM files of study ${studyInstanceUid} written to ${folder}`)
}
