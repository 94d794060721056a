import htm from 'htm'
import { h } from 'preact'

/** Marks that turn the direction of what follows, or have no width: with them a text reads as another. */
const deceptive = /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g

/** @param {unknown} child a text shows a box for each such mark; anything else is as it is */
const unmask = (child) => (typeof child === 'string' ? child.replace(deceptive, '\u25a1') : child)

/** @type {typeof h} */
const plain = /** @type {any} */ (
  (/** @type {any} */ type, /** @type {any} */ props, /** @type {unknown[]} */ ...children) =>
    h(type, props, .../** @type {any[]} */ (children.map(unmask)))
)

/** Markup as it is written in HTML, with components and values in between. */
export const html = htm.bind(plain)
