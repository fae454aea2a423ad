import { type FormEvent, useState } from 'react'
import { ActivityAlerts } from './activity-alerts.tsx'
import { useActivities } from './activity-channel.tsx'

/** What everybody does, as it happens (RX-16). */
export function ActivityFeedPage() {
  const { activities, addActivity } = useActivities()

  const [problem, setProblem] = useState('')

  async function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const input = event.currentTarget.elements.namedItem('text') as HTMLInputElement
    const text = input.value.trim()
    input.value = ''
    if (!text) return
    const failure = await addActivity(text)
    setProblem(failure ?? '')
    // What was not told can be sent again, unless something else is being written.
    if (failure && !input.value) input.value = text
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
      <p role="alert">{problem}</p>
      <ul className="activities">
        {activities.map(({ id, text }) => (
          <li key={id}>{text}</li>
        ))}
      </ul>
    </>
  )
}
