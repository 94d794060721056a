import type { HttpApp } from './http-app.ts'

/**
 * Closes the app: accepts no more connections, lets pending requests finish within the grace time,
 * then closes what is still open (a client that holds its connection, or sends its request slowly).
 */
export async function closeWithin(app: HttpApp, graceMilliseconds: number): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), graceMilliseconds)
  try {
    await app.close()
  } finally {
    clearTimeout(timer)
  }
}
