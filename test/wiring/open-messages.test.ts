import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import type { AnalysisOutcome } from '../../src/outcome/outcome.ts'
import { planForwarding } from '../../src/outcome/plan-forwarding.ts'
import type { Job } from '../../src/queue/job.ts'
import { createForwarding } from '../../src/upkeep/forward-results.ts'
import { listForwardTargets } from '../../src/wiring/open-archive.ts'
import { openMessages } from '../../src/wiring/open-messages.ts'
import { startFhirReceiver } from '../support/fhir-receiver.ts'
import { startMllpListener } from '../support/mllp-listener.ts'
import { writePhantomSeries } from '../support/phantom-dicom.ts'

const stored = {
  role: 'measurements',
  sopClassUid: '1.2.840.10008.5.1.4.1.1.88.34',
  sopInstanceUid: '1.2.3.4',
  seriesInstanceUid: '1.2.3',
  orthancInstanceId: 'sr',
} as const

function makeOutcome(totalMm3: number): AnalysisOutcome {
  const result = {
    measuredSeriesInstanceUid: '1.2.3',
    subject: { studyDate: '20261120', scannedAt: '2026-11-20T09:30:12+01:00' },
    volumes: [{ side: 'left', anteriorMm3: 1500, posteriorMm3: totalMm3 - 1500, totalMm3 }],
    warnings: [],
    model: { name: 'net', version: '1.0.0', sha256: 'ab'.repeat(32) },
    softwareVersion: '0.2.0',
    analysedAt: '2026-11-23T22:41:09.000Z',
    stored: [stored],
  }
  return { verdicts: [], studyFingerprint: 'f', result } as unknown as AnalysisOutcome
}

describe('telling a FHIR server and an HL7 receiver of a result', () => {
  let fhir: Awaited<ReturnType<typeof startFhirReceiver>>
  let hl7: Awaited<ReturnType<typeof startMllpListener>>
  let folder: string
  let outcome: AnalysisOutcome
  let document: Uint8Array | undefined
  let isDying = false
  const writeToken = (text: string) => writeFileSync(join(folder, 'token'), `${text}\n`)

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hippovolume-messages-'))
    writeToken('secret-1')
    fhir = await startFhirReceiver()
    hl7 = await startMllpListener()
    outcome = makeOutcome(2800)
    isDying = false
    document = writePhantomSeries({
      patientName: 'Muster^Erika',
      attributes: { PatientID: 'P-17' },
    })[0]
  })
  afterEach(async () => {
    await Promise.all([fhir.stop(), hl7.stop()])
    rmSync(folder, { recursive: true })
  })

  /** One attempt of the follow-up of a job, as after a start of the service. */
  async function attempt(attempts: number, changes: Partial<Job> = {}): Promise<void> {
    const config = readConfig({
      API_TOKEN: 'api-token-0123456789',
      HOOK_TOKEN: 'hook-token-0123456789',
      ORTHANC_USER: 'service',
      ORTHANC_PASSWORD: 'secret',
      PUBLIC_URL: 'https://hippo.example/',
      FHIR_ENDPOINT: fhir.url,
      FHIR_AUTHORIZATION_FILE: join(folder, 'token'),
      HL7_ENDPOINT: hl7.url,
      HL7_RECEIVING_APPLICATION: 'HIS',
    })
    const unused = () => Promise.reject(new Error('No DICOM is sent here.'))
    const targets = listForwardTargets(config)
    const clock = () => 1_700_000_000_000
    if (outcome.forwarded === undefined) {
      outcome = { ...outcome, forwarded: planForwarding(targets, clock) }
    }
    const run = createForwarding({
      archive: { startTransfer: unused, readTransfer: unused, cancelTransfer: unused },
      ...{ targets, clock, maximumAttempts: 10, transferMilliseconds: 1_000 },
      messages: openMessages(
        { readInstance: async () => document as Uint8Array<ArrayBuffer> },
        config,
      ),
      keep: async (_job, next) => {
        // What was killed keeps nothing.
        if (isDying) throw new Error('Killed.')
        outcome = next
      },
    })
    const job = { id: 'job', studyInstanceUid: '1.2.840.1', attempts, outcome, ...changes }
    const context = {
      signal: new AbortController().signal,
      assignRunNumber: async () => {},
      recordStage: () => {},
      recordOutcome: () => {},
    }
    await run(job as unknown as Job, context)
  }
  const states = () => (outcome.forwarded ?? []).map(({ kind, state }) => `${kind} ${state}`)
  const errorOf = (kind: string) => outcome.forwarded?.find((one) => one.kind === kind)?.error

  it('sends each exactly one, even if the service is killed before recording it', async () => {
    isDying = true
    await expect(attempt(1)).rejects.toThrow('Killed.')
    expect([fhir.countTransactions(), hl7.countArrivals()]).toEqual([1, 1])
    isDying = false
    await attempt(2)
    expect(states()).toEqual(['fhir sent', 'hl7 sent'])
    expect([fhir.countTransactions(), hl7.countArrivals()]).toEqual([2, 2])
    expect(hl7.filed.size).toBe(1)
    const [report, ...others] = fhir.listResources('DiagnosticReport')
    expect(others).toEqual([])
    expect(report).toMatchObject({
      effectiveDateTime: '2026-11-20T09:30:12+01:00',
      subject: { identifier: { value: 'P-17' } },
      presentedForm: [{ url: 'https://hippo.example/api/v1/jobs/job/report.png' }],
    })
    expect(fhir.listResources('Observation')).toHaveLength(3)
    expect(fhir.listResources('Device')).toHaveLength(1)
    expect(hl7.filed.values().next().value).toMatch(/\rPID\|1\|\|P-17\^\^\^\^MR\|\|Muster\^Erika\|/)
    // A third attempt has nothing to do.
    await attempt(3)
    expect([fhir.countTransactions(), hl7.countArrivals()]).toEqual([2, 2])
  })

  it('a later result of the study replaces the earlier one', async () => {
    await attempt(1)
    outcome = makeOutcome(2500)
    await attempt(1, { id: 'later' })
    const values = fhir.listResources('Observation').map((one) => one.valueQuantity)
    expect(values).toMatchObject([{ value: 2500 }, { value: 1500 }, { value: 1000 }])
    expect(fhir.listResources('DiagnosticReport')).toHaveLength(1)
    expect(hl7.filed.size).toBe(2)
  })

  it("sends a reader's answer once, as the same report with another status", async () => {
    await attempt(1)
    const reason = 'Moved'
    const answer = { answer: 'rejected', reason, by: 'operator', at: 1_700_000_000_000 } as const
    await attempt(1, { answer })
    await attempt(1, { answer })
    expect([fhir.countTransactions(), hl7.filed.size]).toEqual([2, 2])
    const [report] = fhir.listResources('DiagnosticReport')
    expect(report).toMatchObject({
      status: 'entered-in-error',
      conclusion: expect.stringContaining('Rejected by a reader: Moved'),
    })
    const [first, second] = [...hl7.filed.values()]
    expect(first).toMatch(/\rOBX\|2\|NM\|VOLUME-LEFT.*\|P\|/)
    expect(second).toMatch(/\rOBX\|2\|NM\|VOLUME-LEFT.*\|D\|/)
    const accepted = { answer: 'accepted', by: 'operator', at: 1_700_000_009_000 } as const
    await attempt(1, { answer: accepted })
    expect(fhir.listResources('Observation')[0]).toMatchObject({ status: 'final' })
  })

  it('does not send replaced results', async () => {
    await attempt(1, { supersededByJobId: 'newer' })
    expect(states()).toEqual(['fhir failed', 'hl7 failed'])
    expect(errorOf('fhir')).toMatchObject({ code: 'FORWARD_SUPERSEDED' })
    expect([fhir.countTransactions(), hl7.countArrivals()]).toEqual([0, 0])
  })

  it('retries busy targets, with the current token', async () => {
    fhir.decide(() =>
      fhir.authorizations.at(-1) === 'Bearer secret-2'
        ? 'answer'
        : { status: 401, issue: 'Expired' },
    )
    hl7.reply(() => ({ code: 'AR', text: 'Queue is full' }))
    await expect(attempt(1)).rejects.toMatchObject({ code: 'FORWARD_FAILED' })
    expect(states()).toEqual(['fhir pending', 'hl7 pending'])
    expect(errorOf('fhir')?.message).toBe('The FHIR server returned 401: Expired.')
    expect(errorOf('hl7')?.message).toContain('(AR): Queue is full')
    writeToken('secret-2')
    hl7.reply(() => ({ code: 'CA' }))
    await attempt(2)
    expect(states()).toEqual(['fhir sent', 'hl7 sent'])
    expect(errorOf('hl7')).toBeUndefined()
  })

  it('fails immediately on a fault, and reports it without naming the patient', async () => {
    fhir.decide(() => ({ status: 422, issue: 'Patient P-17 (Erika Muster) is not known' }))
    hl7.reply(() => ({ code: 'AE', text: 'No patient P-17, Muster' }))
    await attempt(1)
    expect(states()).toEqual(['fhir failed', 'hl7 failed'])
    expect(errorOf('fhir')).toMatchObject({ code: 'FORWARD_REFUSED', retryable: false })
    expect(errorOf('fhir')?.message).toBe(
      'The FHIR server returned 422: Patient ... (... ...) is not known.',
    )
    expect(errorOf('hl7')?.message).toContain('(AE): No patient ..., ....')
  })

  it('sends nothing without a patient ID', async () => {
    document = writePhantomSeries({ attributes: { PatientID: '' } })[0]
    await attempt(1)
    expect(errorOf('hl7')).toMatchObject({ code: 'FORWARD_PATIENT_UNKNOWN' })
    document = undefined
    outcome = makeOutcome(2800)
    await attempt(1)
    expect(errorOf('fhir')).toMatchObject({ code: 'FORWARD_RESULT_MISSING' })
    expect([fhir.countTransactions(), hl7.countArrivals()]).toEqual([0, 0])
  })
})
