import htm from 'htm'
import { h } from 'preact'

/** Bidirectional controls and zero-width characters: they can make one text look like another. */
const deceptive = /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g

/** @param {unknown} child texts show a box for each such character; anything else is unchanged */
const unmask = (child) => (typeof child === 'string' ? child.replace(deceptive, '\u25a1') : child)

/** @type {typeof h} */
const plain = /** @type {any} */ (
  (/** @type {any} */ type, /** @type {any} */ props, /** @type {unknown[]} */ ...children) =>
    h(type, props, .../** @type {any[]} */ (children.map(unmask)))
)

/** HTML templates with components and values. */
export const html = htm.bind(plain)
