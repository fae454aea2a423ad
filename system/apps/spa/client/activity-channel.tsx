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
  addActivity(text: string): void
}

const ActivityContext = createContext<Activities | undefined>(undefined)

export function useActivities(): Activities {
  const found = useContext(ActivityContext)
  if (found) return found
  throw new Error('a component that uses activities must stand in an ActivityChannel')
}

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

  const addActivity = useCallback((text: string) => void channel.current?.push('new_activity', { text }), [])
  const value = useMemo(() => ({ activities, addActivity }), [activities, addActivity])
  return <ActivityContext value={value}>{children}</ActivityContext>
}
