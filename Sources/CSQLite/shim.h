#include <sqlite3.h>

// SQLITE_TRANSIENT is a cast that Swift cannot import: SQLite takes a copy of the text.
static inline int shim_bind_text(sqlite3_stmt *statement, int place, const char *text, int count) {
    return sqlite3_bind_text(statement, place, text ? text : "", count, SQLITE_TRANSIENT);
}
