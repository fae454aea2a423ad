import { reconnectAfter } from './reconnect.ts'

export default reconnectAfter(30)
