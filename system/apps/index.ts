import type { AppModule } from '../node/module.ts'
import { helloModule } from './hello/module.ts'
import { spaModule } from './spa/module.ts'
import { storeModule } from './store/module.ts'
import { talkModule } from './talk/module.ts'
import { todoModule } from './todo/module.ts'
import { workloadsModule } from './workloads/module.ts'
import { workshopModule } from './workshop/module.ts'

/** All applications, in the order in which they are started. */
export const applications: readonly AppModule[] = [
  helloModule,
  storeModule,
  spaModule,
  workshopModule,
  talkModule,
  todoModule,
  workloadsModule,
]
