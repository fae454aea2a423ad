import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { apiErrors } from './errors.ts'

export interface Address {
  /** Empty means every address of the machine. */
  host: string
  port: number
}

/** Parses `host:port`, `[::1]:port` or `:port`. A missing port means any free port. `during` is the prefix of the error message. */
export function parseAddress(text: string, during = ''): Address {
  if (text === '') return { host: '', port: 0 }
  const [, bracketed, plain, port = ''] = /^(?:\[([^\]]*)\]|([^:]*)):([^:]*)$/.exec(text) ?? []
  if (bracketed === undefined && plain === undefined) throw apiErrors.cannotListen(`${during}${whatIsWrong(text)}`)
  if (!/^\d{0,5}$/.test(port) || Number(port) > 65_535)
    throw apiErrors.cannotListen(`${during}${whatIsWrongWith(port)}`)
  return { host: bracketed ?? plain ?? '', port: Number(port) }
}

const whatIsWrong = (text: string) =>
  text.includes(':') ? `address ${text}: too many colons in address` : `address ${text}: missing port in address`

/** Port names are not resolved. */
const whatIsWrongWith = (port: string) =>
  /^[a-z]/i.test(port) ? `lookup tcp/${port}: unknown port` : `address ${port}: invalid port`

export const formatAddress = ({ host, port }: Address) => `${host.includes(':') ? `[${host}]` : host}:${port}`

/** Returns the address with the host name resolved; IPv4 is preferred over IPv6. */
export async function resolveAddress(text: string, during = ''): Promise<Address> {
  const { host, port } = parseAddress(text, during)
  if (host === '' || isIP(host)) return { host, port }
  const found = await lookup(host, { order: 'ipv4first' }).catch(() => {
    throw apiErrors.cannotListen(`${during}lookup ${host}: no such host`)
  })
  return { host: found.address, port }
}
