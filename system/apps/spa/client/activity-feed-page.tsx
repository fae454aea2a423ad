import type { FormEvent } from 'react'
import { ActivityAlerts } from './activity-alerts.tsx'
import { useActivities } from './activity-channel.tsx'

/** What everybody does, as it happens (RX-16). */
export function ActivityFeedPage() {
  const { activities, addActivity } = useActivities()

  function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = event.currentTarget
    const text = String(new FormData(form).get('text') ?? '').trim()
    if (text) addActivity(text)
    form.reset()
  }

  return (
    <>
      <h2>Activities</h2>
      <ActivityAlerts />
      <form onSubmit={send}>
        <label>
          What do you do? <input name="text" maxLength={200} autoComplete="off" />
        </label>{' '}
        <button type="submit">Tell everybody</button>
      </form>
      <ul className="activities">
        {activities.map(({ id, text }) => (
          <li key={id}>{text}</li>
        ))}
      </ul>
    </>
  )
}
