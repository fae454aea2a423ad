import { parse } from 'node-html-parser'
import { type CheckoutForm, type PageSight, readForm, readPage } from './page-sight.ts'

/** Reads a page from its HTML, decoded as a browser decodes it. */
export const parsePage = (html: string): PageSight => readPage(parse(html))

/** Reads only the form, which takes a small part of the time: hundreds of shoppers read theirs at once. */
export const parseForm = (html: string): CheckoutForm | undefined => readForm(parse(html))

/** Returns a value that the page hands to its script, such as `window.cartId`; undefined when it hands over none. */
export function globalIn(html: string, name: string): string | undefined {
  const [, literal] = new RegExp(`window\\.${name} = ("(?:[^"\\\\]|\\\\.)*")`).exec(html) ?? []
  return literal === undefined ? undefined : (JSON.parse(literal) as string)
}
