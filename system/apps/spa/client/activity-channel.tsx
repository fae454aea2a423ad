import type { Channel } from 'phoenix'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { SocketContext } from './app-socket.tsx'

interface Activity {
  id: number
  text: string
}

interface Activities {
  /** Newest first, since the channel was joined. */
  activities: readonly Activity[]
  /** Tells everybody. Resolves with a sentence when it was not told, or perhaps not; else with undefined. */
  addActivity(text: string): Promise<string | undefined>
}

const ActivityContext = createContext<Activities | undefined>(undefined)

export function useActivities(): Activities {
  const found = useContext(ActivityContext)
  if (found) return found
  throw new Error('a component that uses activities must stand in an ActivityChannel')
}

const tellAll = (channel: Channel | undefined, text: string) =>
  new Promise<string | undefined>((resolve) => {
    if (!channel) return resolve('There is no connection yet.')
    channel
      .push('new_activity', { text })
      .receive('ok', () => resolve(undefined))
      .receive('error', () => resolve('It was refused.'))
      .receive('timeout', () => resolve('Nobody answered, so it may not have been told.'))
  })

/** The channel of the feed and of its alerts: whoever needs activities takes them from here, and none of them joins anything (RX-16). */
export function ActivityChannel({ children }: { children: ReactNode }) {
  const socket = useContext(SocketContext)
  const channel = useRef<Channel>(undefined)
  const [activities, setActivities] = useState<readonly Activity[]>([])

  useEffect(() => {
    if (!socket) return undefined
    const joined = socket.channel('activities', {})
    channel.current = joined
    joined.on('new_activity', ({ text }: { text: string }) =>
      setActivities((before) => [{ id: before.length + 1, text }, ...before]),
    )
    joined.join()
    return () => {
      channel.current = undefined
      joined.leave()
    }
  }, [socket])

  const addActivity = useCallback((text: string) => tellAll(channel.current, text), [])
  const value = useMemo(() => ({ activities, addActivity }), [activities, addActivity])
  return <ActivityContext value={value}>{children}</ActivityContext>
}
