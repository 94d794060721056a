import pg from 'pg'
import { HippoError } from '../errors.ts'
import type { Values } from './job-statements.ts'
import { isCollision, mapPostgresError } from './postgres-errors.ts'

export type Row = Readonly<Record<string, unknown>>

/** One transaction. */
export interface Transaction {
  /** Start time, epoch milliseconds. */
  readonly now: number
  /** Runs a statement with values by name and returns its rows. */
  query(sql: string, values?: Values): Promise<readonly Row[]>
  /** The same with numbered parameters, as used by libraries. */
  executeSql(sql: string, values?: unknown[]): Promise<{ rows: Row[] }>
}

export interface PostgresOptions {
  /** postgresql://user:password@host:port/database */
  readonly url: string
  /** Schema of the queue's tables. */
  readonly schema: string
  /** Epoch milliseconds, for tests; the server's clock by default, because those of machines differ. */
  readonly clock?: (() => number) | undefined
  /** Called for idle connections that broke. */
  readonly onError: (error: unknown) => void
}

/** Longest wait for a connection, and for the result of a statement. */
const connectMilliseconds = 5_000
const answerMilliseconds = 20_000
const attempts = 20

/** `:name` becomes $1, $2, ...; a name used twice is one value. */
function bindByNumber(sql: string, values: Values): { text: string; values: unknown[] } {
  const names: string[] = []
  const text = sql.replaceAll(/(?<!:):([a-z]\w*)/gi, (_, name: string) => {
    if (!names.includes(name)) names.push(name)
    return `$${names.indexOf(name) + 1}`
  })
  return { text, values: names.map((name) => values[name]) }
}

/** Connections to PostgreSQL that reconnect automatically. */
export class PostgresConnection {
  readonly #pool: pg.Pool
  readonly #clock: (() => number) | undefined

  constructor({ url, schema, clock, onError }: PostgresOptions) {
    this.#clock = clock
    this.#pool = new pg.Pool({
      connectionString: url,
      application_name: 'hippovolume',
      // Statements are short, so JIT does not pay off.
      options: `-c search_path=${schema} -c jit=off`,
      max: 10,
      keepAlive: true,
      connectionTimeoutMillis: connectMilliseconds,
      query_timeout: answerMilliseconds,
      // The server times out first, so that no locks are held for a client that no longer listens.
      statement_timeout: answerMilliseconds - 5_000,
      idle_in_transaction_session_timeout: answerMilliseconds,
      types: {
        // Counts and times are whole numbers far below 2^53.
        getTypeParser: ((oid: number, format: never) =>
          oid === pg.types.builtins.INT8
            ? Number
            : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
      },
    })
    this.#pool.on('error', onError)
  }

  /**
   * Runs `work` in one transaction, at READ COMMITTED, and retries it after a conflict with
   * another. When it resolves, the changes are durable (according to the server's own settings).
   * Throws QUEUE_UNAVAILABLE or DISK_FULL, and then it is unknown whether the COMMIT took effect.
   */
  async transact<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#transactOnce(work)
      } catch (error) {
        if (!isCollision(error) || attempt === attempts) throw mapPostgresError(error)
        await new Promise((resolve) => setTimeout(resolve, Math.min(attempt, 10) * 5))
      }
    }
  }

  async #transactOnce<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect()
    let isBroken = false
    // Without a listener, losing a connection in use would end the process; its statement fails
    // anyway.
    const onError = () => {
      isBroken = true
    }
    client.on('error', onError)
    try {
      const now = await this.#begin(client)
      const answer = await work({
        now,
        query: async (sql, values = {}) => (await client.query(bindByNumber(sql, values))).rows,
        executeSql: (sql, values) => client.query(sql, values),
      })
      await client.query('COMMIT')
      return answer
    } catch (error) {
      await client.query('ROLLBACK').catch(onError)
      throw error
    } finally {
      client.off('error', onError)
      client.release(isBroken)
    }
  }

  async #begin(client: pg.PoolClient): Promise<number> {
    const results: unknown = await client.query(
      'BEGIN; SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint) AS now',
    )
    const [, { rows }] = results as [pg.QueryResult, pg.QueryResult<{ now: number }>]
    return Math.round(this.#clock?.() ?? rows[0]?.now ?? 0)
  }

  /** Runs one statement outside a transaction, with values by name. */
  async query(sql: string, values: Values = {}): Promise<readonly Row[]> {
    try {
      return (await this.#pool.query(bindByNumber(sql, values))).rows
    } catch (error) {
      throw mapPostgresError(error)
    }
  }

  /** The same for libraries: numbered parameters, original server errors. */
  executeSql(sql: string, values?: unknown[]): Promise<{ rows: Row[] }> {
    return this.#pool.query(sql, values)
  }

  async close(): Promise<void> {
    if (!this.#pool.ending) await this.#pool.end()
  }
}

/** The first row of a result that has one. */
export function firstRow(rows: readonly Row[]): Row {
  const [row] = rows
  if (row !== undefined) return row
  throw new HippoError('UNEXPECTED', 'The job queue returned no result.')
}
