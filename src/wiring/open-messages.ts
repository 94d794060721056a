import { readFile } from 'node:fs/promises'
import type { Archive } from '../archive/archive.ts'
import type { Config } from '../config.ts'
import type { StudyIdentity } from '../dicom/study-identity.ts'
import { HippoError, toHippoError } from '../errors.ts'
import { describeAsFhir } from '../fhir/describe-as-fhir.ts'
import { postTransaction } from '../fhir/post-transaction.ts'
import { makeTransaction } from '../fhir/transaction.ts'
import { readAcknowledgement } from '../hl7/read-acknowledgement.ts'
import { messageIdOf, writeResultMessage } from '../hl7/result-message.ts'
import { sendOverMllp } from '../hl7/send-over-mllp.ts'
import { outcomeOf } from '../outcome/outcome.ts'
import type { Job } from '../queue/job.ts'
import type { ForwardDependencies, SendMessage } from '../upkeep/forward-results.ts'
import { listSystems, locateReport } from './open-fhir.ts'
import { readIdentity } from './read-identity.ts'

const timeoutMilliseconds = 30_000

/** Receivers quote what they were sent: names and IDs must not get into our records and logs. */
function hideIdentity(error: unknown, identity: StudyIdentity): unknown {
  const { patientId, patientName, patientBirthDate } = identity
  const names = patientName?.split(/[\^= ]/) ?? []
  const secrets = [patientId, patientBirthDate, ...names].filter((one) => (one?.length ?? 0) > 1)
  const coded = toHippoError(error, 'forward')
  const message = secrets.reduce<string>((text, one) => text.replaceAll(one!, '...'), coded.message)
  if (message === coded.message) return coded
  return new HippoError(coded.code, message, { stage: coded.stage, details: coded.details ?? {} })
}

/** Everything a message needs; throws FORWARD_RESULT_MISSING, FORWARD_PATIENT_UNKNOWN. */
async function describeResult(
  archive: Pick<Archive, 'readInstance'>,
  config: Config,
  job: Job,
  signal: AbortSignal,
) {
  const identity = await readIdentity(archive, job, signal)
  const result = outcomeOf(job)?.result
  if (identity === undefined || result === undefined) {
    throw new HippoError(
      'FORWARD_RESULT_MISSING',
      'The result is no longer in the archive and cannot be forwarded.',
    )
  }
  if (identity.patientId === undefined) {
    throw new HippoError(
      'FORWARD_PATIENT_UNKNOWN',
      'The images have no patient ID, so that nobody could say whose result it is.',
    )
  }
  const reportUrl = config.PUBLIC_URL && locateReport(config.PUBLIC_URL, job.id)
  const report = describeAsFhir(job, { identity, systems: listSystems(config), reportUrl })!
  return { identity, result, report, reportUrl }
}

type Described = Awaited<ReturnType<typeof describeResult>>

function fhirSender(url: string, authorizationFile: string | undefined) {
  const authorize =
    authorizationFile === undefined
      ? undefined
      : async () => {
          const text = (await readFile(authorizationFile, 'utf8')).trim()
          return text.includes(' ') ? text : `Bearer ${text}`
        }
  return (_job: Job, { report }: Described, signal: AbortSignal) =>
    postTransaction({ url, authorize }, makeTransaction(report), {
      ...{ signal, timeoutMilliseconds, fetch },
    })
}

function hl7Sender(endpoint: string, config: Config) {
  const { hostname, port, protocol } = new URL(endpoint)
  const receiver = { host: hostname, port: Number(port), isTls: protocol === 'mllps:' }
  const parties = {
    sendingApplication: config.HL7_SENDING_APPLICATION,
    sendingFacility: config.HL7_SENDING_FACILITY,
    receivingApplication: config.HL7_RECEIVING_APPLICATION,
    receivingFacility: config.HL7_RECEIVING_FACILITY,
  }
  return async (
    job: Job,
    { identity, result, report, reportUrl }: Described,
    signal: AbortSignal,
  ) => {
    const { id: jobId, studyInstanceUid } = job
    const message = writeResultMessage({
      ...{ jobId, studyInstanceUid, identity, report, reportUrl, parties },
      scannedAt: result.subject?.scannedAt ?? result.subject?.studyDate,
      analysedAt: result.analysedAt,
      answer: job.answer,
    })
    const answer = await sendOverMllp(receiver, message, { signal, timeoutMilliseconds })
    readAcknowledgement(answer, messageIdOf(jobId, job.answer))
  }
}

/** Senders to the FHIR server and the HL7 receiver of the settings. */
export function openMessages(
  archive: Pick<Archive, 'readInstance'>,
  config: Config,
): NonNullable<ForwardDependencies['messages']> {
  const open =
    (send: (job: Job, described: Described, signal: AbortSignal) => Promise<void>): SendMessage =>
    async (job, signal) => {
      const described = await describeResult(archive, config, job, signal)
      try {
        await send(job, described, signal)
      } catch (error) {
        signal.throwIfAborted()
        throw hideIdentity(error, described.identity)
      }
    }
  const { FHIR_ENDPOINT: fhir, HL7_ENDPOINT: hl7 } = config
  return {
    ...(fhir !== undefined && { fhir: open(fhirSender(fhir, config.FHIR_AUTHORIZATION_FILE)) }),
    ...(hl7 !== undefined && { hl7: open(hl7Sender(hl7, config)) }),
  }
}
