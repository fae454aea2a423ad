import { Presence } from 'phoenix'
import { type CartPresence, itemCounts, pageCounts, shopperCount } from '../../../system/apps/store/client/counts.ts'
import { openConnection, type World } from './connection.ts'

interface DashboardOptions extends World {
  who: string
  node: string
  token: string
}

export type Dashboard = ReturnType<typeof openDashboard>

/** The dashboard of somebody who runs the shop: the official presence, and the counts of the real page (PA-38..PA-42). */
export function openDashboard({ network, recorder, who, node, token }: DashboardOptions) {
  const open = { network, recorder, who, from: who, node, path: '/admin_socket', params: { token } }
  const connection = openConnection(open)
  const channel = connection.join('admin:cart_tracker')
  // The official presence keeps only what is new in the entries that it is given, and the record is to have what was sent.
  channel.onMessage = (_event, payload) => structuredClone(payload)
  const presence = new Presence(channel)

  return {
    who,
    node,
    joins: connection.joins,
    sight() {
      const { state } = presence as unknown as { state: CartPresence }
      return {
        shoppers: shopperCount(state),
        pages: Object.fromEntries(pageCounts(state)),
        items: Object.fromEntries(itemCounts(state)),
        staleness: '',
      }
    },
    close: connection.close,
  }
}
