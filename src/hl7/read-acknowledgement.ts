import { HippoError } from '../errors.ts'
import { unescapeText } from './escape-text.ts'

const longest = 300

/**
 * A receiver's reasons for rejecting a message: MSA-3, and ERR-3, ERR-7 and ERR-8 of each error.
 */
function explain(segments: readonly (readonly string[])[], text: string | undefined): string {
  const errors = segments
    .filter(([name]) => name === 'ERR')
    .flatMap((fields) => [fields[3]?.replaceAll('^', ' '), fields[7], fields[8]])
  const sentences = [text, ...errors].map((one) => unescapeText(one ?? '').trim())
  const said = [...new Set(sentences.filter((one) => one !== ''))].join('; ')
  return said === '' ? 'it gave no reason' : said.slice(0, longest)
}

/**
 * Reads a receiver's answer (ACK, 2.5.1, 2.9.2 and 2.9.3): returns if it accepted the message (AA,
 * or CA of the enhanced mode). Throws FORWARD_REFUSED if the message has an error (AE, CE), and
 * FORWARD_FAILED, which is retried, if the receiver cannot accept it now (AR, CR) or acknowledges a
 * different message.
 */
export function readAcknowledgement(answer: string, messageId: string): void {
  const segments = answer.split(/[\r\n]+/).map((line) => line.split('|'))
  const [, code, answered, text] = segments.find(([name]) => name === 'MSA') ?? []
  if (code === undefined || answered !== messageId) {
    throw new HippoError('FORWARD_FAILED', 'The HL7 receiver did not acknowledge our message.')
  }
  if (code === 'AA' || code === 'CA') return
  const why = explain(segments, text)
  const details = { acknowledgement: code, messageId }
  if (code === 'AE' || code === 'CE') {
    const sentence = `The HL7 receiver reported an error in the message (${code}): ${why}.`
    throw new HippoError('FORWARD_REFUSED', sentence, { details })
  }
  const sentence = `The HL7 receiver did not accept the message (${code}): ${why}.`
  throw new HippoError('FORWARD_FAILED', sentence, { details })
}
