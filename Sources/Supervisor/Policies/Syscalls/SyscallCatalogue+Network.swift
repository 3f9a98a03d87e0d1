extension SyscallCatalogue {
    /// Calls for the network, and for queues between processes.
    static let network: [SyscallEntry] = [
        .init(
            "socket", 41, 198, .network, .dangerous, "makes a socket",
            "the network, and many protocols of the kernel with a history of flaws",
            ("family", .socketFamily), ("type", .socketType), ("protocol", .int)),
        .init(
            "socketpair", 53, 199, .network, .limited, "makes two connected sockets",
            "kernel objects; descriptors can be sent over them", ("family", .socketFamily),
            ("type", .socketType), ("protocol", .int), ("usockvec", .pointer)),
        .init(
            "connect", 42, 203, .network, .dangerous, "connects a socket",
            "other machines and local services", ("fd", .descriptor), ("uservaddr", .pointer),
            ("addrlen", .int)),
        .init(
            "bind", 49, 200, .network, .dangerous, "gives a socket an address",
            "a service of the attacker's own", ("fd", .descriptor), ("umyaddr", .pointer),
            ("addrlen", .int)),
        .init(
            "listen", 50, 201, .network, .dangerous, "lets a socket wait for connections",
            "a service of the attacker's own", ("fd", .descriptor), ("backlog", .int)),
        .init(
            "accept", 43, 202, .network, .dangerous, "takes a connection",
            "a service of the attacker's own", ("fd", .descriptor), ("upeer_sockaddr", .pointer),
            ("upeer_addrlen", .pointer)),
        .init(
            "accept4", 288, 242, .network, .dangerous, "accept with flags",
            "a service of the attacker's own", ("fd", .descriptor), ("upeer_sockaddr", .pointer),
            ("upeer_addrlen", .pointer), ("flags", .int)),
        .init(
            "getsockname", 51, 204, .network, .limited, "tells a socket's own address",
            "addresses of held sockets", ("fd", .descriptor), ("usockaddr", .pointer),
            ("usockaddr_len", .pointer)),
        .init(
            "getpeername", 52, 205, .network, .limited, "tells the address at a socket's other end",
            "addresses of held sockets", ("fd", .descriptor), ("usockaddr", .pointer),
            ("usockaddr_len", .pointer)),
        .init(
            "sendto", 44, 206, .network, .dangerous, "sends over a socket",
            "data out of the sandbox, to any address where a socket permits", ("fd", .descriptor),
            ("buff", .pointer), ("len", .size), ("flags", .unsigned), ("addr", .pointer),
            ("addr_len", .int)),
        .init(
            "sendmsg", 46, 211, .network, .dangerous, "sends over a socket, descriptors too",
            "data and descriptors out of the sandbox", ("fd", .descriptor), ("msg", .pointer),
            ("flags", .unsigned)),
        .init(
            "sendmmsg", 307, 269, .network, .dangerous, "sendmsg for several messages",
            "data and descriptors out of the sandbox", ("fd", .descriptor), ("mmsg", .pointer),
            ("vlen", .unsigned), ("flags", .unsigned)),
        .init(
            "recvfrom", 45, 207, .network, .limited, "receives from a socket",
            "what held sockets give", ("fd", .descriptor), ("ubuf", .pointer), ("size", .size),
            ("flags", .unsigned), ("addr", .pointer), ("addr_len", .pointer)),
        .init(
            "recvmsg", 47, 212, .network, .limited, "receives from a socket, descriptors too",
            "descriptors that somebody sends", ("fd", .descriptor), ("msg", .pointer),
            ("flags", .unsigned)),
        .init(
            "recvmmsg", 299, 243, .network, .limited, "recvmsg for several messages",
            "descriptors that somebody sends", ("fd", .descriptor), ("mmsg", .pointer),
            ("vlen", .unsigned), ("flags", .unsigned), ("timeout", .pointer)),
        .init(
            "shutdown", 48, 210, .network, .limited, "ends one direction of a connection",
            "disturbs who uses the other end", ("fd", .descriptor), ("how", .int)),
        .init(
            "setsockopt", 54, 208, .network, .dangerous, "sets an option of a socket",
            "a large and often flawed part of the kernel, such as netfilter's tables",
            ("fd", .descriptor), ("level", .int), ("optname", .int), ("optval", .pointer),
            ("optlen", .int)),
        .init(
            "getsockopt", 55, 209, .network, .limited, "tells an option of a socket",
            "a large part of the kernel", ("fd", .descriptor), ("level", .int), ("optname", .int),
            ("optval", .pointer), ("optlen", .pointer)),
        .init(
            "sethostname", 170, 161, .network, .dangerous, "sets the host's name",
            "with CAP_SYS_ADMIN the name that others see", ("name", .pointer), ("len", .int)),
        .init(
            "setdomainname", 171, 162, .network, .dangerous, "sets the domain's name",
            "with CAP_SYS_ADMIN the name that others see", ("name", .pointer), ("len", .int)),
        .init(
            "mq_open", 240, 180, .network, .dangerous, "opens a message queue",
            "queues shared with other processes", ("u_name", .pointer), ("oflag", .openFlags),
            ("mode", .permissions), ("u_attr", .pointer)),
        .init(
            "mq_unlink", 241, 181, .network, .dangerous, "removes a message queue",
            "queues of the account", ("u_name", .pointer)),
        .init(
            "mq_timedsend", 242, 182, .network, .dangerous, "sends to a message queue",
            "queues shared with other processes", ("mqdes", .descriptor), ("u_msg_ptr", .pointer),
            ("msg_len", .size), ("msg_prio", .unsigned), ("u_abs_timeout", .pointer)),
        .init(
            "mq_timedreceive", 243, 183, .network, .dangerous, "receives from a message queue",
            "queues shared with other processes", ("mqdes", .descriptor), ("u_msg_ptr", .pointer),
            ("msg_len", .size), ("u_msg_prio", .pointer), ("u_abs_timeout", .pointer)),
        .init(
            "mq_notify", 244, 184, .network, .limited, "asks to be told of a message",
            "old code of the kernel with a history of flaws, as CVE-2017-11176",
            ("mqdes", .descriptor), ("u_notification", .pointer)),
        .init(
            "mq_getsetattr", 245, 185, .network, .limited, "tells and sets what a message queue is",
            "queues that are held", ("mqdes", .descriptor), ("u_mqstat", .pointer),
            ("u_omqstat", .pointer)),
        .init(
            "msgget", 68, 186, .network, .dangerous, "makes or finds a System V message queue",
            "queues shared with other processes", ("key", .int), ("msgflg", .int)),
        .init(
            "msgsnd", 69, 189, .network, .dangerous, "sends to a System V message queue",
            "queues shared with other processes; a tool of many exploits", ("msqid", .int),
            ("msgp", .pointer), ("msgsz", .size), ("msgflg", .int)),
        .init(
            "msgrcv", 70, 188, .network, .dangerous, "receives from a System V message queue",
            "queues shared with other processes; a tool of many exploits", ("msqid", .int),
            ("msgp", .pointer), ("msgsz", .size), ("msgtyp", .size), ("msgflg", .int)),
        .init(
            "msgctl", 71, 187, .network, .dangerous,
            "asks, changes or removes a System V message queue",
            "queues shared with other processes", ("msqid", .int), ("cmd", .int), ("buf", .pointer)),
        .init(
            "semget", 64, 190, .network, .dangerous, "makes or finds System V semaphores",
            "semaphores shared with other processes", ("key", .int), ("nsems", .int),
            ("semflg", .int)),
        .init(
            "semop", 65, 193, .network, .dangerous, "changes System V semaphores",
            "semaphores shared with other processes", ("semid", .int), ("tsops", .pointer),
            ("nsops", .unsigned)),
        .init(
            "semtimedop", 220, 192, .network, .dangerous, "semop until a time",
            "semaphores shared with other processes", ("semid", .int), ("tsops", .pointer),
            ("nsops", .unsigned), ("timeout", .pointer)),
        .init(
            "semctl", 66, 191, .network, .dangerous, "asks, changes or removes System V semaphores",
            "semaphores shared with other processes", ("semid", .int), ("semnum", .int),
            ("cmd", .int), ("arg", .size)),
    ]
}
