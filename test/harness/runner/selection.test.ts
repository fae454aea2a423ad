import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { selectScenarios } from '../../../harness/runner/selection.ts'

const root = join(import.meta.dirname, '../../..')
const folder = join(root, 'test/fixtures/foreign/scenarios')
const ofFolder = ['foreign/cut-between-nodes', 'foreign/cut-one-way', 'foreign/nodes-down']
const idsOf = async (names: readonly string[], otherFolders: readonly string[]) => {
  const { suite, scenarios } = await selectScenarios({ names, root, cwd: root, otherFolders })
  return { suite, ids: scenarios.map(({ id }) => id) }
}

describe('scenarios that live outside the project', () => {
  it('are all meant where no name says which, and need no catalogue id', async () => {
    expect(await idsOf([], [folder])).toEqual({ suite: 'selection', ids: ofFolder })
  })

  it('can be named beside those of the project', async () => {
    const { ids } = await idsOf(['foreign', 'channels/dedupe'], [folder])
    expect(ids).toEqual([...ofFolder, 'channels/dedupe'])
  })

  it('are not known without their folder', async () => {
    await expect(idsOf(['foreign'], [])).rejects.toThrow('there is no scenario or suite foreign')
  })

  it('are missing in a folder that has none', async () => {
    await expect(idsOf([], ['/nowhere'])).rejects.toThrow('--scenarios /nowhere has no scenario file (*.ts)')
  })
})
