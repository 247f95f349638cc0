// What the module uses of Android, so that its code compiles here. Shapes only: nothing of this ships or runs.
package android.content

import java.io.File

abstract class Context {
    abstract val noBackupFilesDir: File
}
