import { unzipSync } from 'fflate'
import type { ScenarioResult } from '../verdict/result.ts'

/** What a tab showed. */
export interface Picture {
  who: string
  /** Since the scenario began; undefined for one that was taken at the end. */
  tMs?: number
  mime: 'image/jpeg' | 'image/png'
  bytes: Uint8Array
}

type Read = (path: string) => Uint8Array | undefined

const traceName = /([^/]+)-trace\.zip$/

/** Returns what every tab of a scenario showed last before a moment, from its Playwright traces; without one, what it showed in the end. Pure. */
export function picturesAt({ startedAt, artifacts }: ScenarioResult, tMs: number, read: Read): Picture[] {
  const startMs = Date.parse(startedAt)
  const framed = artifacts.flatMap((path) => {
    const [, owner] = traceName.exec(path) ?? []
    const zip = owner && read(path)
    return zip ? framesAt(owner, zip, startMs, tMs) : []
  })
  const has = new Set(framed.map(({ who }) => who))
  const atEnd = artifacts
    .filter((path) => path.endsWith('.png'))
    .flatMap((path): Picture[] => {
      const who = path.slice(path.lastIndexOf('/') + 1, -'.png'.length).replace(/-(\d+)$/, '#$1')
      const bytes = has.has(who) ? undefined : read(path)
      return bytes ? [{ who, mime: 'image/png', bytes }] : []
    })
  return [...framed, ...atEnd]
}

/** `screencast/page@6ffe-1795982295950.jpeg`: its page, and when it was shown. */
const frameName = /^screencast\/(page@[^-]+)-(\d+)\.jpeg$/

function framesAt(owner: string, zip: Uint8Array, startMs: number, tMs: number): Picture[] {
  const frames = namesIn(zip).flatMap((name) => {
    const [, page, at] = frameName.exec(name) ?? []
    return page ? [{ name, page, tMs: Number(at) - startMs }] : []
  })
  // Tabs are numbered in the order in which they were opened.
  const pages = Map.groupBy(
    frames.sort((a, b) => a.tMs - b.tMs),
    ({ page }) => page,
  )
  return [...pages.values()].flatMap((own, index): Picture[] => {
    const last = own.findLast((frame) => frame.tMs <= tMs)
    const bytes = last && unzipSync(zip, { filter: ({ name }) => name === last.name })[last.name]
    return bytes
      ? [{ who: index === 0 ? owner : `${owner}#${index + 1}`, tMs: last.tMs, mime: 'image/jpeg', bytes }]
      : []
  })
}

/** Of a trace that was cut off when its run was killed: none. */
function namesIn(zip: Uint8Array): string[] {
  const names: string[] = []
  const keep = ({ name }: { name: string }) => {
    names.push(name)
    return false
  }
  try {
    unzipSync(zip, { filter: keep })
  } catch {
    return []
  }
  return names
}
