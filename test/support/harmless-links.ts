import type { Links } from '../../harness/cluster/links.ts'

const nothing = async () => {}

/** The same links, to which nothing happens: whoever asks for a toxic gets none. */
export const harmless = (links: Links): Links => ({
  ...links,
  link: async (from, to) => ({ ...(await links.link(from, to)), addToxic: nothing, removeToxic: nothing }),
})
