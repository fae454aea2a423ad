import { expect, it } from 'vitest'
import { nthAddress } from '../../../harness/cluster/container/network.ts'

it.each([
  ['172.31.0.0/16', 2, '172.31.0.2'],
  ['192.168.48.0/20', 12, '192.168.48.12'],
  ['10.0.0.16/28', 3, '10.0.0.19'],
])('in %s number %i has the address %s (FI-2)', (subnet, n, address) => {
  expect(nthAddress(subnet, n)).toBe(address)
})

it('a range that is too small is refused, and so is one that is no IPv4', () => {
  expect(() => nthAddress('10.0.0.240/28', 15)).toThrow('the network 10.0.0.240/28 has no address number 15')
  expect(() => nthAddress('fd00::/64', 2)).toThrow('has no address number 2')
})
