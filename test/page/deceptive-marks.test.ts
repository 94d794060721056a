import { describe, expect, it } from 'vitest'

// Loaded by address: the page's files are checked by a tsconfig of their own.
const { html } = await import(new URL('../../src/page/browser/html.js', import.meta.url).href)

/** All texts of a tree of virtual nodes. */
function textsOf(node: unknown): string {
  if (Array.isArray(node)) return node.map(textsOf).join('')
  if (typeof node === 'string') return node
  const { props } = (node ?? {}) as { props?: { children?: unknown } }
  return props ? textsOf(props.children) : ''
}

describe('a text that turns its direction on the operators page', () => {
  it('shows a box for each such character', () => {
    const description = 'T1 \u202egnp.exe\u202c'
    expect(textsOf(html`<td><b>${description}</b></td>`)).toBe('T1 \u25a1gnp.exe\u25a1')
  })

  it('shows one for zero-width characters, and keeps letters of every script', () => {
    const text = 'a\u200bb\u2066c\ufeffd \u05d0\u05d1 \u0639\u0631 \u00e4\u00e9'
    expect(textsOf(html`<span>${text}</span>`)).toBe(
      'a\u25a1b\u25a1c\u25a1d \u05d0\u05d1 \u0639\u0631 \u00e4\u00e9',
    )
  })
})
