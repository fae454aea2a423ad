import { describe, expect, it } from 'vitest'
import type { AppModule } from '../../../system/node/module.ts'
import { selectModules } from '../../../system/node/select-modules.ts'
import { ConfigError } from '../../../system/platform/config.ts'

const module = (name: string): AppModule => ({ name, create: () => ({}) })
const known = [module('tank'), module('pump'), module('valve')]
const namesOf = (apps: string | undefined) => selectModules(known, apps).map(({ name }) => name)

describe('APPS', () => {
  it.each([
    [undefined, ['tank', 'pump', 'valve']],
    ['', ['tank', 'pump', 'valve']],
    ['pump', ['pump']],
    ['valve, tank', ['tank', 'valve']],
  ])('%j selects %j, in the order of the list', (apps, names) => {
    expect(namesOf(apps)).toEqual(names)
  })

  it.each([
    ['tnk', 'APPS is "tnk": there is no application tnk; known are tank, pump, valve'],
    ['tank,shop', 'APPS is "tank,shop": there is no application shop; known are tank, pump, valve'],
    [' , ', 'APPS is " , ": expected names of applications separated by commas; known are tank, pump, valve'],
    ['tank,pump,tank', 'APPS is "tank,pump,tank": it names tank twice'],
  ])('%j is refused', (apps, sentence) => {
    expect(() => namesOf(apps)).toThrow(new ConfigError(sentence))
  })

  it('refuses a list with two applications of one name', () => {
    expect(() => selectModules([...known, module('pump')], undefined)).toThrow('two applications are called pump')
  })
})
