import { useActivities } from './activity-channel.tsx'

/** Says how many activities are new; it shares the channel with the feed (RX-16). */
export function ActivityAlerts() {
  const { activities } = useActivities()
  return <p role="status">{activities.length === 1 ? '1 new activity' : `${activities.length} new activities`}</p>
}
