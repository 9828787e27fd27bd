#include "support/program.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "support/failure.h"

namespace rcache::test {
namespace {

/// The two ends of one stream: the program's, and ours if there is something to read or write.
struct Ends {
  FileHandle theirs;
  FileHandle ours;
};

void never_block(const FileHandle& file) {
  ::fcntl(file.get(), F_SETFL, ::fcntl(file.get(), F_GETFL) | O_NONBLOCK);
}

Ends open_stream(Stream stream, int flags, const FileHandle& terminal) {
  Ends ends;
  switch (stream) {
    case Stream::pipe: {
      int pipe[2];
      if (::pipe2(pipe, O_CLOEXEC) != 0)
        throw Failure("no pipe: " + std::string(std::strerror(errno)));
      ends.theirs = FileHandle(pipe[flags == O_RDONLY ? 0 : 1]);
      ends.ours = FileHandle(pipe[flags == O_RDONLY ? 1 : 0]);
      never_block(ends.ours);
      break;
    }
    case Stream::null:
      ends.theirs = FileHandle(::open("/dev/null", flags | O_CLOEXEC));
      break;
    case Stream::full:
      ends.theirs = FileHandle(::open("/dev/full", flags | O_CLOEXEC));
      break;
    case Stream::terminal:
      ends.theirs = FileHandle(::fcntl(terminal.get(), F_DUPFD_CLOEXEC, 0));
      break;
    case Stream::closed:
      break;
  }
  return ends;
}

Ends open_terminal(const ProgramOptions& options) {
  if (options.in != Stream::terminal && options.out != Stream::terminal &&
      options.err != Stream::terminal) {
    return {};
  }
  winsize size{};
  size.ws_col = options.columns;
  size.ws_row = options.rows;
  int ours = -1;
  int theirs = -1;
  if (::openpty(&ours, &theirs, nullptr, nullptr, &size) != 0) {
    throw Failure("no pseudo terminal: " + std::string(std::strerror(errno)));
  }
  ::fcntl(ours, F_SETFD, FD_CLOEXEC);
  ::fcntl(theirs, F_SETFD, FD_CLOEXEC);
  Ends ends{FileHandle(theirs), FileHandle(ours)};
  never_block(ends.ours);
  return ends;
}

/// `changes` (NAME=value, or NAME to remove) put over `base`.
std::vector<std::string> change(std::vector<std::string> base,
                                const std::vector<std::string>& changes) {
  for (const std::string& entry : changes) {
    const std::string name = entry.substr(0, entry.find('=')) + "=";
    std::erase_if(base, [&name](const std::string& old) { return old.starts_with(name); });
    if (entry.find('=') != std::string::npos) base.push_back(entry);
  }
  return base;
}

}  // namespace

Program::Program(ProgramOptions options)
    : options_(std::move(options)),
      home_(options_.home.empty() ? folder_.file("home") : options_.home),
      to_write_(options_.input),
      input_ended_(options_.input_end == InputEnd::closed),
      start_(std::chrono::steady_clock::now()),
      deadline_(options_.deadline) {
  ::mkdir(folder_.file("home").c_str(), 0700);
  ::mkdir(folder_.file("tmp").c_str(), 0700);
  Ends terminal = open_terminal(options_);
  Ends in = open_stream(options_.in, O_RDONLY, terminal.theirs);
  Ends out = open_stream(options_.out, O_WRONLY, terminal.theirs);
  Ends err = open_stream(options_.err, O_WRONLY, terminal.theirs);
  auto environment = minimal_environment();
  environment.push_back("HOME=" + home_);
  environment.push_back("TMPDIR=" + folder_.file("tmp"));
  if (terminal.theirs) environment.push_back("TERM=xterm-256color");
  const ChildSetup setup{.argv = options_.argv,
                         .environment = change(std::move(environment), options_.environment),
                         .directory = options_.directory.empty() ? home_ : options_.directory,
                         .in = in.theirs.get(),
                         .out = out.theirs.get(),
                         .err = err.theirs.get(),
                         .terminal = terminal.theirs.get()};
  if (options_.reader_leaves_after && out.ours) {
    ::fcntl(out.ours.get(), F_SETPIPE_SZ, 4096);  // the writer notices soon
    if (*options_.reader_leaves_after == 0) out.ours.reset();
  }
  in_ = std::move(in.ours);
  out_ = std::move(out.ours);
  err_ = std::move(err.ours);
  terminal_ = std::move(terminal.ours);
  child_.emplace(setup);
}

void Program::type(std::string_view text) {
  to_write_ += text;
  pump(std::chrono::milliseconds{0});
}

void Program::close_input() {
  input_ended_ = true;
  pump(std::chrono::milliseconds{0});
}

void Program::resize(unsigned short columns, unsigned short rows) {
  winsize size{};
  size.ws_col = columns;
  size.ws_row = rows;
  if (::ioctl(terminal_.get(), TIOCSWINSZ, &size) != 0) {
    throw Failure("cannot change the size of the terminal: " + std::string(std::strerror(errno)));
  }
}

const ProgramResult& Program::so_far() {
  pump(std::chrono::milliseconds{0});
  return result_;
}

bool Program::running() {
  if (!ended_) pump(std::chrono::milliseconds{0});
  return !ended_ && child_->running();
}

const ProgramResult& Program::wait() {
  while (!ended_) {
    if (child_->running()) {
      if (deadline_.passed()) give_up("was still running");
      pump(std::chrono::milliseconds{20});
      continue;
    }
    pump(std::chrono::milliseconds{0});
    finish(*child_->try_reap());
  }
  return result_;
}

void Program::finish(const ChildEnd& end) {
  result_.wall_time = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - start_);
  pump(std::chrono::milliseconds{0});
  result_.exit_code = end.exit_code;
  result_.signal = end.signal;
  result_.max_rss_bytes = end.max_rss_bytes;
  result_.left_behind = end.left_behind;
  ended_ = true;
}

void Program::wait_for(std::string_view text, const std::string& where, const std::string& name) {
  pump(std::chrono::milliseconds{0});
  while (where.find(text) == std::string::npos) {
    if (!child_->running()) {
      wait();  // reads the rest
      if (where.find(text) != std::string::npos) return;
      throw Failure("'" + std::string(text) + "' never appeared on " + name + ":\n" +
                    result_.describe());
    }
    if (deadline_.passed()) give_up("had not written '" + std::string(text) + "' to " + name);
    pump(std::chrono::milliseconds{20});
  }
}

void Program::give_up(const std::string& what) {
  std::string command;
  for (const std::string& word : options_.argv) command += (command.empty() ? "" : " ") + word;
  child_->kill_all();
  if (const auto end = child_->reap(k_patience)) finish(*end);
  throw Failure("'" + command + "' " + what + " after " +
                std::to_string(options_.deadline.count()) + " ms and was killed:\n" +
                result_.describe());
}

/// Moves what can be moved, waiting at most `limit` for the first of it.
void Program::pump(std::chrono::milliseconds limit) {
  FileHandle& writer = options_.in == Stream::terminal ? terminal_ : in_;
  for (bool moved = true; moved;) {
    moved = false;
    if (in_ && to_write_.empty() && input_ended_) in_.reset();
    pollfd files[] = {{writer.get(), static_cast<short>(to_write_.empty() ? 0 : POLLOUT), 0},
                      {out_.get(), POLLIN, 0},
                      {err_.get(), POLLIN, 0},
                      {terminal_.get(), POLLIN, 0},
                      {ended_ || !child_ ? -1 : child_->end_event(), POLLIN, 0}};
    if (to_write_.empty()) files[0].fd = -1;
    if (::poll(files, std::size(files), deadline_.left(limit)) <= 0) return;
    limit = std::chrono::milliseconds{0};
    if (files[0].revents != 0 && writer) {
      const ssize_t written = ::write(writer.get(), to_write_.data(), to_write_.size());
      if (written > 0) {
        to_write_.erase(0, static_cast<std::size_t>(written));
        moved = true;
      } else if (errno != EAGAIN && errno != EINTR) {
        to_write_.clear();  // nobody reads it any more
        moved = true;
      }
    }
    const std::size_t most = options_.reader_leaves_after.value_or(std::string::npos);
    if (files[1].revents != 0) moved = read_some(out_, result_.out, most) || moved;
    if (files[2].revents != 0) moved = read_some(err_, result_.err, std::string::npos) || moved;
    if (files[3].revents != 0) {
      moved = read_some(terminal_, result_.screen, std::string::npos) || moved;
    }
  }
}

/// One read; whether anything changed. Closes at the end of the file and after `limit` bytes.
bool Program::read_some(FileHandle& from, std::string& to, std::size_t limit) {
  char buffer[65536];
  const ssize_t got = ::read(from.get(), buffer, std::min(sizeof buffer, limit - to.size()));
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  if (got > 0) to.append(buffer, static_cast<std::size_t>(got));
  // A terminal ends with EIO when nobody holds its other side open.
  if (got <= 0 || to.size() >= limit) from.reset();
  return true;
}

std::string ProgramResult::describe() const {
  std::string text = signal != 0 ? "ended by signal " + std::to_string(signal)
                                 : "exit code " + std::to_string(exit_code);
  text += ", " + std::to_string(wall_time.count()) + " ms\n";
  for (const auto& [name, content] :
       {std::pair{"stdout", out}, std::pair{"stderr", err}, std::pair{"terminal", screen}}) {
    if (!content.empty()) text += std::string("--- ") + name + "\n" + content + "\n";
  }
  for (const std::string& name : left_behind) text += "--- left behind: " + name + "\n";
  return text;
}

ProgramResult run(ProgramOptions options) {
  Program program(std::move(options));
  return program.wait();
}

ProgramOptions on_terminal(ProgramOptions options, unsigned short columns, unsigned short rows) {
  options.in = options.out = options.err = Stream::terminal;
  options.columns = columns;
  options.rows = rows;
  return options;
}

}  // namespace rcache::test
