package org.jangkau

/** What the tests say again and again. */
val ID = Language.INDONESIAN
val NOW = RecordStamp()
val EVERY = ListAsk(mine = false, status = null, overdue = false, unsent = false, search = null)
