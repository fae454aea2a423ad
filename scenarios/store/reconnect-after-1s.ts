import { reconnectAfter } from './reconnect.ts'

export default reconnectAfter(1)
