/** A request to the service and its outcome: identifiers only, never a patient's name. */
export interface AuditEntry {
  /** Name of the caller: a shared token's role, an OIDC subject, or `unknown`. */
  readonly who: string
  readonly role: string
  /** How the caller authenticated. */
  readonly by?: string | undefined
  /** The caller's address. */
  readonly from?: string | undefined
  /** The operation, by its operationId in the OpenAPI document. */
  readonly what: string
  readonly orthancStudyId?: string | undefined
  readonly studyInstanceUid?: string | undefined
  readonly jobId?: string | undefined
  /** `asked` is recorded before a change; `done`, `refused` or `failed` is its outcome. */
  readonly outcome: 'asked' | 'done' | 'refused' | 'failed'
  readonly details?: Readonly<Record<string, string | number | boolean | undefined>> | undefined
}

export interface AuditTrail {
  /** Resolves once the entry is durable; throws AUDIT_UNWRITABLE. */
  record(entry: AuditEntry): Promise<void>
  /** All entries as JSON lines, oldest chain first. */
  read(): AsyncIterable<string>
  /** Throws AUDIT_UNWRITABLE while entries cannot be written. */
  check(): Promise<void>
  /** Number of entries of the current chain and hash of the last, to be recorded elsewhere. */
  head(): { readonly chain: string; readonly entries: number; readonly hash: string } | undefined
  close(): Promise<void>
}
