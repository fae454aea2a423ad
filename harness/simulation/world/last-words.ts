/** Listens to what a node sends to the others: after the goodbye of a topic nothing more may be said on it. */
export function createLastWords() {
  const over = new Set<string>()
  const after: string[] = []
  return {
    hear(text: string) {
      if (!text.startsWith('{')) return
      const { topic, event } = JSON.parse(text) as { topic: string; event: string }
      if (over.has(topic) && event !== 'goodbye') after.push(`${event} on ${topic}`)
      if (event === 'goodbye') over.add(topic)
    },
    saidAfter: (): readonly string[] => after,
  }
}
