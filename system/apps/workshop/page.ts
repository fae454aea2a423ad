import { htmlDocument } from '../../platform/html.ts'

interface Page {
  title: string
  /** HTML. */
  content: string
  heartbeatMs: number
}

const links = [
  ['/part1', 'Part 1'],
  ['/part2', 'Part 2'],
] as const

const linkTo = ([path, name]: (typeof links)[number]) => `<a href="${path}">${name}</a>`

/** The document around a panel. */
export const workshopPage = ({ title, content, heartbeatMs }: Page): string =>
  htmlDocument({
    ...{ title, bundle: 'workshop', data: { 'heartbeat-ms': heartbeatMs } },
    content: `<header><b>Workshop</b> <nav aria-label="Parts">${links.map(linkTo).join(' ')}</nav></header>\n${content}`,
  })
