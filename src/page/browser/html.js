import htm from 'htm'
import { h } from 'preact'

/** Markup as it is written in HTML, with components and values in between. */
export const html = htm.bind(h)
