import { randomUUID } from 'node:crypto'
import { PgBoss } from 'pg-boss'
import type { PostgresConnection, Transaction } from './postgres-connection.ts'
import { mapPostgresError } from './postgres-errors.ts'

const queue = 'studies'
/** Fifty years: pg-boss deletes jobs that wait longer. */
const retentionSeconds = 50 * 365 * 24 * 3600

/** The content of a ticket: the id of its job. */
interface TicketData {
  readonly jobId: string
}

/**
 * Order of waiting jobs: by rank (0 first), then jobs that have already run before new ones,
 * because they are older. pg-boss hands out the highest priority first, then the oldest.
 */
const priorityOf = (rank: number, wasBegun: boolean) => (2 - rank) * 2 + (wasBegun ? 1 : 0)

/**
 * Delivery by pg-boss: a ticket for each job that can be claimed, handed out in order to exactly
 * one of any number of workers (SKIP LOCKED). Tickets are written and taken in the store's
 * transactions, so a ticket exists exactly when its job waits.
 */
export class Tickets {
  readonly #boss: PgBoss

  private constructor(boss: PgBoss) {
    this.#boss = boss
  }

  /**
   * Installs or migrates pg-boss in its schema, and starts its maintenance. Throws
   * QUEUE_UNAVAILABLE.
   */
  static async open(
    connection: PostgresConnection,
    schema: string,
    onError: (error: unknown) => void,
  ): Promise<Tickets> {
    const boss = new PgBoss({
      db: { executeSql: (sql, values) => connection.executeSql(sql, values) },
      schema,
      schedule: false,
    })
    boss.on('error', onError)
    try {
      await boss.start()
      await boss.createQueue(queue, { policy: 'standard', retryLimit: 0, retentionSeconds })
      return new Tickets(boss)
    } catch (error) {
      await boss.stop({ graceful: false, close: false }).catch(onError)
      throw mapPostgresError(error)
    }
  }

  /** Issues a ticket for each job and returns them in the same order. */
  async issue(
    transaction: Transaction,
    jobs: readonly { id: string; rank: number; wasBegun: boolean }[],
  ): Promise<string[]> {
    const tickets = jobs.map(({ id, rank, wasBegun }) => ({
      id: randomUUID(),
      data: { jobId: id } satisfies TicketData,
      priority: priorityOf(rank, wasBegun),
    }))
    await this.#boss.insert(queue, tickets, { db: transaction })
    return tickets.map(({ id }) => id)
  }

  /** Takes the next ticket out of the queue and returns its job. */
  async take(transaction: Transaction): Promise<string | undefined> {
    const [ticket] = await this.#boss.fetch<TicketData>(queue, { db: transaction })
    if (ticket === undefined) return undefined
    await this.#boss.deleteJob(queue, ticket.id, { db: transaction })
    return ticket.data.jobId
  }

  /** Withdraws a ticket if it still exists. */
  async withdraw(ticket: string): Promise<void> {
    await this.#boss.deleteJob(queue, ticket)
  }

  async close(): Promise<void> {
    await this.#boss.stop({ graceful: false, close: false })
  }
}
