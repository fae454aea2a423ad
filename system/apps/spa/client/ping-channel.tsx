import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { SocketContext } from './app-socket.tsx'
import { createPingTopic, type Pings } from './ping-topic.ts'

const PingContext = createContext<Pings | undefined>(undefined)

/** The pings of the container around a component. */
export function usePings(): Pings {
  const pings = useContext(PingContext)
  if (pings) return pings
  throw new Error('a component that uses pings must stand in a PingChannel')
}

interface PingChannelProps {
  children: ReactNode
  topic?: string
}

/** One channel for all components inside, joined while one of them is shown (RX-9). */
export function PingChannel({ children, topic = 'ping' }: PingChannelProps) {
  const socket = useContext(SocketContext)
  const [{ pings, join }] = useState(createPingTopic)
  useEffect(() => (socket ? join(socket, topic) : undefined), [join, socket, topic])
  return <PingContext value={pings}>{children}</PingContext>
}
