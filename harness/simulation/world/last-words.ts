/** Listens to what a node sends to the others: a tracker that stops says goodbye on its topic, and nothing more after that. */
export function createLastWords() {
  const begun = new Set<string>()
  const over = new Set<string>()
  const after: string[] = []
  return {
    hear(text: string) {
      if (!text.startsWith('{')) return
      const { topic, event } = JSON.parse(text) as { topic: string; event: string }
      if (over.has(topic) && event !== 'goodbye') after.push(`${event} on ${topic}`)
      if (event === 'heartbeat') begun.add(topic)
      if (event === 'goodbye') over.add(topic)
    },
    saidAfter: (): readonly string[] => after,
    /** Topics of trackers on which it said no goodbye. */
    withoutGoodbye: (): readonly string[] => [...begun].filter((topic) => !over.has(topic)),
  }
}
