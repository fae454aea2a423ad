import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TodoList } from './todo-list.ts'

export interface Files {
  prepare(): Promise<void>
  read(name: string): Promise<TodoList | undefined>
  /** Replaces the file in one step, so that a reader finds the old list or the new one, whenever the node is killed. */
  write(name: string, list: TodoList): Promise<void>
  names(): Promise<string[]>
}

const ending = '.json'

/** One file for each list in a folder. */
export function createFiles(folder: string): Files {
  const pathOf = (name: string) => join(folder, `${encodeURIComponent(name)}${ending}`)
  return {
    prepare: async () => void (await mkdir(folder, { recursive: true })),
    async read(name) {
      try {
        return JSON.parse(await readFile(pathOf(name), 'utf8')) as TodoList
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw error
      }
    },
    async write(name, list) {
      const path = pathOf(name)
      await writeFile(`${path}.new`, JSON.stringify(list))
      await rename(`${path}.new`, path)
    },
    async names() {
      const files = await readdir(folder)
      return files
        .filter((file) => file.endsWith(ending))
        .map((file) => decodeURIComponent(file.slice(0, -ending.length)))
    },
  }
}
