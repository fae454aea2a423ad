import { helloApp } from './hello/app.ts'
import { spaApp } from './spa/app.ts'
import { storeApp } from './store/app.ts'
import { talkApp } from './talk/app.ts'
import { todoApp } from './todo/app.ts'
import { workshopApp } from './workshop/app.ts'

/** Every application that the harness knows, by its name. */
export const apps = {
  store: storeApp,
  hello: helloApp,
  spa: spaApp,
  talk: talkApp,
  todo: todoApp,
  workshop: workshopApp,
} as const

export type AppName = keyof typeof apps
