import type { ChannelDefinition } from './channel.ts'

export type Routes = Record<string, ChannelDefinition>

/** Throws on a pattern with a star that is not its last character: such a route would never match (CH-47). */
export function checkRoutes(routes: Routes) {
  for (const pattern of Object.keys(routes)) {
    const star = pattern.indexOf('*')
    if (star !== -1 && star !== pattern.length - 1)
      throw new Error(`channels using splat patterns must end with *, but one is "${pattern}"`)
  }
}

/** The channel of a topic: its exact route, or the first prefix route that matches (CH-45, CH-46). */
export function routeTo(routes: Routes, topic: unknown): ChannelDefinition | undefined {
  if (typeof topic !== 'string') return undefined
  if (Object.hasOwn(routes, topic) && !topic.endsWith('*')) return routes[topic]
  const found = Object.entries(routes).find(
    ([pattern]) => pattern.endsWith('*') && topic.startsWith(pattern.slice(0, -1)),
  )
  return found?.[1]
}
