import BackendContract
import Testing
